import type { PlanMode, StoredPlan, TrackingPlan } from '../api/plan.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Icon } from '../ui/icon.tsx'
import { Segments } from '../ui/segments.tsx'
import { planState } from './plan.ts'
import style from './plan.module.css'

type PlanModesProps = {
  readonly plan: TrackingPlan
  readonly stored: StoredPlan
  readonly canEdit: boolean
  readonly onChange: (plan: TrackingPlan) => void
}

/** How things stand with the plan, and what it does with an event that breaks it. */
export function PlanModes({ plan, stored, canEdit, onChange }: PlanModesProps) {
  const text = useText()
  const format = useFormat()
  const holds = planState(stored.plan)
  const mode: PlanMode = plan.mode ?? 'watch'
  const others = plan.other_events ?? 'allowed'
  const broken = stored.violations.reduce((sum, it) => sum + it.count, 0)
  const last = stored.history.find((it) => it.version === stored.version)
  return (
    <div className={style.standing} data-state={holds}>
      <div className={style.state}>
        <Icon name={holds === 'lock' ? 'shield' : holds === 'watch' ? 'search' : 'info'} size={20} />
        <div>
          <h2>{text(`plan.state.${holds}`)}</h2>
          <p>
            {text(`plan.stateNote.${holds}`)}
            {stored.since != null && last !== undefined && <> {text('plan.since', { moment: format.moment(stored.since), by: last.by })}</>}
          </p>
        </div>
        {holds !== 'none' && (
          <dl className={style.figures}>
            <div>
              <dt>{text('plan.events')}</dt>
              <dd>{format.count((stored.plan.events ?? []).length)}</dd>
            </div>
            <div data-bad={broken > 0 || undefined}>
              <dt>{text('plan.violationsSince')}</dt>
              <dd>{format.count(broken)}</dd>
            </div>
          </dl>
        )}
      </div>
      <div className={style.choices}>
        <div>
          <span className={style.label}>{text('plan.mode')}</span>
          {canEdit ? (
            <Segments
              label={text('plan.mode')}
              value={mode}
              segments={(['watch', 'lock'] as const).map((value) => ({ value, label: text(`plan.modes.${value}`) }))}
              onChange={(next) => onChange({ ...plan, mode: next })}
            />
          ) : (
            <b>{text(`plan.modes.${mode}`)}</b>
          )}
        </div>
        <div>
          <span className={style.label}>{text('plan.otherEvents')}</span>
          {canEdit ? (
            <Segments
              label={text('plan.otherEvents')}
              value={others}
              segments={(['allowed', 'refused'] as const).map((value) => ({ value, label: text(`plan.others.${value}`) }))}
              onChange={(next) => onChange({ ...plan, other_events: next })}
            />
          ) : (
            <b>{text(`plan.others.${others}`)}</b>
          )}
        </div>
      </div>
    </div>
  )
}
