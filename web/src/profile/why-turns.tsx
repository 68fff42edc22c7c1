import type { KnownIdentifier, ProfileIdentity } from '../api/identity.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './why.module.css'

type WhyTurnsProps = { readonly identity: ProfileIdentity; readonly known: ReadonlyMap<number, KnownIdentifier> }

/** When devices that several people sign in on were whose. */
export function WhyTurns({ identity, known }: WhyTurnsProps) {
  const text = useText()
  const format = useFormat()
  const span = (from: string | null | undefined, until: string | null | undefined) => {
    if (from == null) return until == null ? text('identity.turnAlways') : text('identity.turnUntil', { until: format.moment(until) })
    return until == null ? text('identity.turnFrom', { from: format.moment(from) }) : text('identity.turnFromUntil', { from: format.moment(from), until: format.moment(until) })
  }
  return (
    <>
      <ul className={style.pieces} aria-label={text('identity.turns')}>
        {identity.turns.map((turn) => (
          <li key={`${turn.device} ${turn.from ?? ''}`}>
            <span className={style.piece}>
              <small>{text(`profile.identifier.${known.get(turn.device)?.kind ?? 'device'}`)}</small>
              <code>{known.get(turn.device)?.value}</code>
            </span>
            <span className={style.piece}>
              <small>{text('identity.turnOwner')}</small>
              {turn.owner == null ? text('identity.turnNobody') : <code>{known.get(turn.owner)?.value}</code>}
            </span>
            <small>{span(turn.from, turn.until)}</small>
          </li>
        ))}
      </ul>
      <p className={style.note}>{text('identity.turnsNote')}</p>
    </>
  )
}
