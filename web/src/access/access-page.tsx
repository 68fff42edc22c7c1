import { type FormEvent, type ReactNode, useEffect } from 'react'
import { errorText } from '../i18n/error-text.ts'
import { changeLanguage, locales } from '../i18n/i18n.ts'
import { useLocale, useText } from '../i18n/use-text.ts'
import { localeNames } from '../lib/locale-names.ts'
import { Button } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import style from './access.module.css'
import { ThroughLine } from './through-line.tsx'

type AccessPageProps = {
  readonly title: string
  readonly note: string
  readonly action: string
  readonly error: unknown
  readonly isBusy: boolean
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** The frame of the pages that are seen before signing in. */
export function AccessPage({ title, note, action, error, isBusy, onSubmit, children }: AccessPageProps) {
  const text = useText()
  const locale = useLocale()
  const tab = `${title} · ${text('product')}`
  useEffect(() => {
    document.title = tab
  }, [tab])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy) onSubmit()
  }
  return (
    <div className={style.page}>
      <main className={style.form}>
        <div className={style.brand}>
          <Mark size={28} />
          {text('product')}
        </div>
        <h1>{title}</h1>
        <p className={style.note}>{note}</p>
        <form className={style.fields} onSubmit={submit}>
          {children}
          {error !== null && (
            <p role="alert" className={style.fault}>
              {errorText(text, error)}
            </p>
          )}
          <Button type="submit" look="primary" size="l" aria-busy={isBusy}>
            {isBusy ? text('access.busy') : action}
          </Button>
        </form>
        <nav className={style.languages} aria-label={text('shell.language')}>
          {locales.map((it) => (
            <Button key={it} look="quiet" size="s" lang={it} aria-pressed={it === locale} onClick={() => void changeLanguage(it)}>
              {localeNames[it]}
            </Button>
          ))}
        </nav>
      </main>
      <div className={style.art}>
        <ThroughLine />
      </div>
    </div>
  )
}
