import type { TriedPlan } from '../api/plan.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Loading } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { Outlook } from '../ui/outlook.tsx'
import { Segments } from '../ui/segments.tsx'
import { PlanBreaks } from './plan-breaks.tsx'
import style from './plan.module.css'

const spans = ['7', '30', '90'] as const
export type PlanDays = (typeof spans)[number]

type PlanEffectProps = {
  readonly tried: TriedPlan | undefined
  readonly isLocked: boolean
  /** Set while the answer is still that to an earlier draft. */
  readonly isChecking: boolean
  readonly days: PlanDays
  readonly onDays: (days: PlanDays) => void
}

/** What the plan as it is written would have said of the last days. */
export function PlanEffect({ tried, isLocked, isChecking, days, onDays }: PlanEffectProps) {
  const text = useText()
  const format = useFormat()
  const share = tried === undefined ? null : shareOf(tried.breaking, tried.looked_at)
  return (
    <Outlook title={text('plan.effect')}>
      <div className={style.span}>
        <Segments
          label={text('plan.days')}
          value={days}
          segments={spans.map((value) => ({ value, label: text('plan.lastDays', { count: Number(value) }) }))}
          onChange={onDays}
        />
      </div>
      {tried === undefined ? (
        <Loading rows={3} />
      ) : tried.looked_at === 0 ? (
        <p>{text('plan.noTraffic')}</p>
      ) : (
        <div data-stale={isChecking || undefined} className={style.effect}>
          <p>
            {text(tried.breaking === 0 ? 'plan.allFit' : isLocked ? 'plan.wouldHold' : 'plan.wouldBreak', {
              count: tried.looked_at,
              shown: format.count(tried.looked_at),
              breaking: format.count(tried.breaking),
              share: format.shareIfAny(share),
            })}
          </p>
          {tried.breaking > 0 && <Meter share={share ?? 0} color="var(--bad)" />}
          <PlanBreaks violations={tried.violations} most={12} />
        </div>
      )}
    </Outlook>
  )
}
