import type { TriedPlan } from '../api/plan.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { PlanBreaks } from './plan-breaks.tsx'
import type { PlanState } from './plan.ts'
import style from './plan.module.css'

type PlanSwitchProps = {
  readonly to: PlanState
  readonly tried: TriedPlan | undefined
  readonly days: number
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks once more before events are held back, or let in again whatever they hold. */
export function PlanSwitch({ to, tried, days, onConfirm, onClose }: PlanSwitchProps) {
  const text = useText()
  const format = useFormat()
  const breaking = tried?.breaking ?? 0
  return (
    <Dialog
      title={text(`plan.switchTitle.${to}`)}
      width={560}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button
            look={to === 'lock' ? 'danger' : 'primary'}
            onClick={() => {
              onConfirm()
              onClose()
            }}
          >
            {text(`plan.switchDo.${to}`)}
          </Button>
        </>
      }
    >
      <div className={style.switch}>
        {to === 'lock' && tried !== undefined && (
          <>
            <p className={breaking > 0 ? style.cost : undefined}>
              {tried.looked_at === 0
                ? text('plan.noTraffic')
                : text(breaking > 0 ? 'plan.wouldHoldOf' : 'plan.wouldHoldNone', {
                    count: tried.looked_at,
                    shown: format.count(tried.looked_at),
                    breaking: format.count(breaking),
                    share: format.shareIfAny(shareOf(breaking, tried.looked_at)),
                    days,
                  })}
            </p>
            <PlanBreaks violations={tried.violations} most={5} />
          </>
        )}
        <p>{text(`plan.switchNote.${to}`)}</p>
      </div>
    </Dialog>
  )
}
