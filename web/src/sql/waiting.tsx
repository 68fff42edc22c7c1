import { useEffect, useState } from 'react'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './sql.module.css'

/** How long a statement has been running, and how long it may. */
export function Waiting({ since, waitMaxMs }: { readonly since: number; readonly waitMaxMs: number }) {
  const text = useText()
  const format = useFormat()
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const spent = Math.max(0, now - since)
  return (
    <section className={style.waiting} aria-label={text('sql.running')}>
      <p role="status">{text('sql.running')}</p>
      <progress max={waitMaxMs} value={spent} aria-label={text('sql.time')} />
      <span className={style.quiet}>{text('sql.spent', { spent: format.span(Math.floor(spent / 1000) * 1000), most: format.span(waitMaxMs) })}</span>
    </section>
  )
}
