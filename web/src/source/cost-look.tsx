import type { CostOutcome } from '../api/cost.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './source.module.css'

type LookProps = { readonly outcome: CostOutcome }

/** The first rows as they are understood, and what storing all of them would do. */
export function CostSample({ outcome }: LookProps) {
  const text = useText()
  const format = useFormat()
  const { currency } = outcome
  const amount = currency == null ? outcome.amount : format.money(Number(outcome.amount), currency)
  return (
    <>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('source.preview')}>
        <table className={style.preview}>
          <thead>
            <tr>
              {(['day', 'channel', 'source', 'campaign', 'amount', 'currency'] as const).map((part) => (
                <th key={part} scope="col">
                  {text(`cost.part.${part}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {outcome.sample.map((row, index) => (
              <tr key={index}>
                <td>{row.day}</td>
                <td>{row.channel ?? text('channel.ads')}</td>
                <td>{row.source}</td>
                <td>{row.campaign}</td>
                <td>{row.amount}</td>
                <td>{row.currency}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {outcome.obstacle == null ? (
        <p className={style.hint} role="status">
          {text('cost.would', { amount, added: format.count(outcome.places_new), replaced: format.count(outcome.places_replaced) })}
          {outcome.first_day != null && outcome.last_day != null && ` ${text('cost.days', { from: format.date(outcome.first_day), to: format.date(outcome.last_day) })}`}
          {outcome.records_unrated > 0 && ` ${text('money.unratedRecords', { count: outcome.records_unrated, shown: format.count(outcome.records_unrated) })}`}
        </p>
      ) : (
        <p className={style.bad} role="alert">
          {outcome.obstacle}
        </p>
      )}
    </>
  )
}

/** Every row that cannot be used, with its number in a spreadsheet. */
export function CostFaults({ outcome }: LookProps) {
  const text = useText()
  const format = useFormat()
  if (outcome.faults_count === 0) return null
  return (
    <>
      <p className={style.bad}>{text('cost.faults', { count: outcome.faults_count, shown: format.count(outcome.faults_count), rows: format.count(outcome.rows) })}</p>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('cost.faultList')}>
        <ul className={style.rows}>
          {outcome.faults.map((it) => (
            <li key={it.row}>
              {text('cost.row', { row: format.count(it.row) })} <code>{it.field}</code> {it.message}
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}
