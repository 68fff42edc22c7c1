import type { ReactNode } from 'react'
import type { Answer } from '../api/dashboard.ts'
import { useText } from '../i18n/use-text.ts'
import { ReportCard } from '../insight/report-card.tsx'
import { Empty, Failed, Loading } from '../ui/look.tsx'
import { useRangeWords } from '../ui/range-picker.tsx'
import { blocksOf } from './text-blocks.ts'
import style from './dashboard.module.css'

type FrameProps = {
  readonly title: ReactNode
  readonly name: string
  readonly note: string
  readonly aside?: ReactNode
  readonly lead?: ReactNode
  readonly isStale?: boolean
  readonly children: ReactNode
}

/** A card: its title, what to see in it, and a drawing that scrolls where it is larger. */
export function CardFrame({ title, name, note, aside, lead, isStale = false, children }: FrameProps) {
  return (
    <>
      <header className={style.head}>
        {lead}
        <div className={style.words}>
          <h2>{title}</h2>
          {note !== '' && <p>{note}</p>}
        </div>
        {aside}
      </header>
      <div className={style.body} role="region" aria-label={name} tabIndex={0} data-stale={isStale || undefined}>
        {children}
      </div>
    </>
  )
}

type NumbersProps = { readonly answer: Answer | undefined; readonly error: Error | null; readonly onRetry: () => void; readonly isTall: boolean }

/** The drawing of a card, or why there is none yet. */
export function CardNumbers({ answer, error, onRetry, isTall }: NumbersProps) {
  if (answer !== undefined) return <ReportCard answer={answer} isTall={isTall} />
  return error === null ? <Loading rows={4} /> : <Failed small error={error} onRetry={onRetry} />
}

/** The days that a card is about. */
export function CardRange({ answer }: { readonly answer: Answer }) {
  return <span className={style.range}>{useRangeWords(answer.report.kind === 'difference' ? answer.report.to.range : answer.report.range)}</span>
}

/** A text of a dashboard: paragraphs, headings and lists. */
export function CardText({ content }: { readonly content: string }) {
  return (
    <div className={style.text}>
      {blocksOf(content).map((block, index) => {
        if (block.kind === 'heading') return <h3 key={index}>{block.text}</h3>
        if (block.kind === 'paragraph') return <p key={index}>{block.text}</p>
        return (
          <ul key={index}>
            {block.items.map((it, at) => (
              <li key={at}>{it}</li>
            ))}
          </ul>
        )
      })}
    </div>
  )
}

/** What stands on a card whose report is there no more. */
export function GoneCard() {
  const text = useText()
  return (
    <Empty small title={text('dashboard.gone')}>
      {text('dashboard.goneNote')}
    </Empty>
  )
}
