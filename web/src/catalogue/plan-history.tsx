import type { StoredPlan, TrackingPlan } from '../api/plan.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/page.tsx'
import { planState } from './plan.ts'
import style from './plan.module.css'

type PlanHistoryProps = { readonly stored: StoredPlan; readonly canEdit: boolean; readonly onRestore: (plan: TrackingPlan) => void }

/** Earlier plans, each to be taken up again. */
export function PlanHistory({ stored, canEdit, onRestore }: PlanHistoryProps) {
  const text = useText()
  const format = useFormat()
  if (stored.history.length === 0) return null
  return (
    <Section title={text('catalogue.history')} note={text('plan.historyNote')}>
      <ul className={style.history} aria-label={text('catalogue.history')}>
        {stored.history.map((it) => (
          <li key={it.version}>
            <span>
              {text('plan.version', { version: it.version, count: (it.plan.events ?? []).length })} <span className={style.mark}>{text(`plan.state.${planState(it.plan)}`)}</span>
              <span className={style.quiet}>
                {' '}
                {it.by} · {format.moment(it.at)}
              </span>
            </span>
            {it.version === stored.version ? (
              <span className={style.mark}>{text('catalogue.holdsNow')}</span>
            ) : (
              canEdit && (
                <Button size="s" icon="undo" aria-label={text('plan.restoreVersion', { version: it.version })} onClick={() => onRestore(it.plan)}>
                  {text('catalogue.restore')}
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
