import type { LiftAnswer } from '../api/lift.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Interval } from '../ui/count.tsx'
import funnelStyle from './funnel.module.css'
import { armKey } from './lift.ts'
import style from './lift.module.css'
import { useArmName } from './use-arm-name.ts'
import { WideTable } from '../ui/wide-table.tsx'

/** What each arm brought more, what it cost more, and what is left for each unit of cost. */
export function LiftReturns({ numbers }: { readonly numbers: LiftAnswer }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useArmName()
  const signed = (amount: number) => `${amount > 0 ? '+' : ''}${format.amount(amount)}`
  return (
    <>
      <WideTable name={text('lift.returns')} className={style.table} first={text('lift.arm')} heads={[text('lift.moneyMore'), text('lift.costMore'), text('lift.net'), text('lift.ratio')]}>
        {numbers.arms.map(({ arm, effect }) => {
          const returned = effect?.returned
          if (effect == null || returned == null) return null
          const holdsNothing = returned.net_interval == null || (returned.net_interval.low <= 0 && returned.net_interval.high >= 0)
          return (
            <tr key={armKey(arm)} data-unsure={effect.is_small || holdsNothing || undefined}>
              <th scope="row">
                {nameOf(arm)}
                <span className={style.under}>{text(effect.is_small ? 'lift.small' : holdsNothing ? 'lift.mayNotPay' : returned.net > 0 ? 'lift.pays' : 'lift.loses')}</span>
              </th>
              <td data-number>{effect.value == null ? '–' : signed(effect.value.extra)}</td>
              <td data-number>{format.amount(returned.cost)}</td>
              <td data-number>
                {signed(returned.net)}
                {returned.net_interval != null && (
                  <span className={style.under}>
                    <Interval low={returned.net_interval.low} high={returned.net_interval.high} shown={signed} />
                  </span>
                )}
              </td>
              <td data-number>
                {returned.ratio == null ? '–' : format.change(returned.ratio)}
                {returned.ratio_interval != null && (
                  <span className={style.under}>
                    <Interval low={returned.ratio_interval.low} high={returned.ratio_interval.high} shown={format.change} />
                  </span>
                )}
              </td>
            </tr>
          )
        })}
      </WideTable>
      {numbers.paid != null && <p className={funnelStyle.hint}>{text('lift.paid', { amount: format.money(numbers.paid.amount, numbers.paid.currency) })}</p>}
    </>
  )
}
