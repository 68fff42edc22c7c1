import type { TriedPlan } from '../api/plan.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { WideTable } from '../ui/wide-table.tsx'
import { shownPath } from './plan.ts'
import style from './plan.module.css'

type PlanBreaksProps = {
  readonly violations: TriedPlan['violations']
  /** How many are shown; the others are told by their number. */
  readonly most: number
}

/** What a plan would say of what came in, the most frequent first. */
export function PlanBreaks({ violations, most }: PlanBreaksProps) {
  const text = useText()
  const format = useFormat()
  if (violations.length === 0) return null
  return (
    <>
      <WideTable name={text('plan.breaks')} className={style.table} first={text('catalogue.event')} words={[text('catalogue.property'), text('plan.what')]} heads={[text('catalogue.events')]}>
        {violations.slice(0, most).map((it) => (
          <tr key={`${it.event} ${it.property} ${it.breach}`}>
            <th scope="row">{it.event}</th>
            <td>{it.property === '' ? '–' : <code>{shownPath(it.property)}</code>}</td>
            <td>{text(`plan.breach.${it.breach}`)}</td>
            <td data-number>{format.count(it.events)}</td>
          </tr>
        ))}
      </WideTable>
      {violations.length > most && <p className={style.quiet}>{text('plan.moreBreaks', { count: violations.length - most })}</p>}
    </>
  )
}
