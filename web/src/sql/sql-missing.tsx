import { useText } from '../i18n/use-text.ts'
import { Icon } from '../ui/icon.tsx'
import style from './sql.module.css'

const BUILD = 'make sql'
const PROGRAM = 'throughline-sql'
const SETTING = '[sql] companion = "…"'

/** Says that the companion is not there, and how to get it. */
export function SqlMissing() {
  const text = useText()
  return (
    <section className={style.missing} aria-label={text('sql.missing.title')}>
      <h2>
        <Icon name="info" />
        {text('sql.missing.title')}
      </h2>
      <p>{text('sql.missing.why')}</p>
      <ol>
        <li>
          {text('sql.missing.build')} <code>{BUILD}</code>
        </li>
        <li>
          {text('sql.missing.put')} <code>{PROGRAM}</code>
        </li>
        <li>{text('sql.missing.reload')}</li>
      </ol>
      <p className={style.quiet}>
        {text('sql.missing.elsewhere')} <code>{SETTING}</code>
      </p>
    </section>
  )
}
