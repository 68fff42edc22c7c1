import type { ObjectPromise } from '../api/object.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './standing.module.css'

type StandingProps = { readonly promise: Pick<ObjectPromise, 'standing' | 'gap_ms' | 'promised'> }

/** How a promise stands, in words and with how much too early or too late. */
export function StandingBadge({ promise }: StandingProps) {
  const text = useText()
  const format = useFormat()
  const span = format.span(Math.abs(promise.gap_ms ?? 0))
  return (
    <span className={style.badge} data-standing={promise.standing} title={promise.promised == null ? undefined : text('object.promisedAt', { moment: format.moment(promise.promised) })}>
      {text(`object.stands.${promise.standing}`, { span })}
    </span>
  )
}
