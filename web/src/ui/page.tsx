import type { ReactNode } from 'react'
import style from './page.module.css'

type PageProps = {
  readonly title: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  /** Takes the whole width, for maps and long tables. */
  readonly wide?: boolean
  readonly children: ReactNode
}

/** A page: its name, one sentence, what can be done here, and the rest. */
export function Page({ title, note, actions, wide = false, children }: PageProps) {
  return (
    <div className={wide ? `${style.page} ${style.wide}` : style.page}>
      <header className={style.header}>
        <div className={style.words}>
          <h1>{title}</h1>
          {note !== undefined && <p>{note}</p>}
        </div>
        {actions !== undefined && <div className={style.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

type SectionProps = { readonly title: string; readonly note?: string; readonly aside?: ReactNode; readonly children: ReactNode }

/** A part of a page under a hairline. */
export function Section({ title, note, aside, children }: SectionProps) {
  return (
    <section className={style.section} aria-label={title}>
      <div className={style.head}>
        <h2>{title}</h2>
        {note !== undefined && <span className={style.note}>{note}</span>}
        {aside !== undefined && <div>{aside}</div>}
      </div>
      {children}
    </section>
  )
}

/** The end of a part that is edited: what holds now, and what can be done. */
export function SectionEnd({ note, children }: { readonly note: string; readonly children: ReactNode }) {
  return (
    <div className={style.end}>
      <p>{note}</p>
      {children}
    </div>
  )
}
