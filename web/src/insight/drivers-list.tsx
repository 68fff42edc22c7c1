import { useContext } from 'react'
import type { Driver, Drivers, DriversReply } from '../api/drivers.ts'
import { channels } from '../api/model.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { reachOf, sourceOf } from './drivers.ts'
import style from './drivers.module.css'
import { LabelNamesContext } from './use-label-text.ts'

type ListProps = { readonly label: string; readonly rows: readonly Driver[]; readonly drivers: Drivers; readonly numbers: DriversReply['numbers'] }

/** Candidates with their effect, what it may be, and the people behind it. */
export function DriversList({ label, rows, drivers, numbers }: ListProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useDriverName()
  const reach = reachOf(numbers.drivers)
  return (
    <TableTwin label={label} twin={{ head: headOf(text), rows: rows.map((it) => wordsOf(it, nameOf(it), text, format)) }}>
      <ul className={style.rows} aria-label={label}>
        {rows.map((it) => (
          <Row key={JSON.stringify([it.from, it.label])} driver={it} name={nameOf(it)} reach={reach} drivers={drivers} />
        ))}
      </ul>
    </TableTwin>
  )
}

/** What people call a candidate. */
function useDriverName(): (driver: Driver) => string {
  const text = useText()
  const nameOf = useContext(LabelNamesContext)
  return (driver) => {
    const { kind, name: field } = sourceOf(driver)
    const { label } = driver
    if (label === 'not_set' || label === 'rest') return field
    const value = String(label.value)
    const channel = field === 'channel' ? channels.find((it) => it === value) : undefined
    const named = channel === undefined ? (nameOf(field, value) ?? value) : text(`channel.${channel}`)
    const full = kind === 'trait' || (field !== 'event' && field !== 'touchpoint') ? text('drivers.valueOf', { field: field === 'channel' ? text('drivers.fields.channel') : field, value: named }) : named
    return kind === 'at_entry' ? text('drivers.atStart', { name: full }) : full
  }
}

type RowProps = { readonly driver: Driver; readonly name: string; readonly reach: number; readonly drivers: Drivers }

function Row({ driver, name, reach, drivers }: RowProps) {
  const text = useText()
  const format = useFormat()
  const { compared: it, from, label, standing } = driver
  const of = { report: { kind: 'drivers' as const, ...drivers } }
  const people = (part: 'did' | 'did_converted' | 'did_not' | 'did_not_converted') => ({ of, select: { kind: 'drivers', of: { of: { from, label, part } } }, title: text(`drivers.parts.${part}`, { name }) })
  return (
    <li className={style.row} data-standing={standing}>
      <div className={style.name}>
        <b>{name}</b>
        <span className={style.standing}>{text(`drivers.standings.${standing}`)}</span>
      </div>
      {it != null && (
        <>
          <Bar driver={driver} reach={reach} />
          <div className={style.effect}>
            <b>{text(it.people_per_month < 0 ? 'drivers.fewer' : 'drivers.more', { people: format.amount(Math.abs(it.people_per_month)) })}</b>
            <span data-tip={text('number.interval')}>{text('number.between', { low: format.amount(it.people_interval.low), high: format.amount(it.people_interval.high) })}</span>
          </div>
          <p className={style.words}>
            {text('drivers.shares', { with: format.share(it.with.part / it.with.whole), without: format.share(it.without) })}{' '}
            {text('drivers.difference', { points: format.points(it.difference), low: format.points(it.interval.low), high: format.points(it.interval.high) })}
            {it.relative != null && ` · ${text('drivers.relative', { times: format.amount(it.relative) })}`}
            {it.odds != null && ` · ${text('drivers.odds', { times: format.amount(it.odds) })}`}
            {` · ${text('drivers.falseRate', { share: falseWords(it.false_rate, format) })}`}
          </p>
        </>
      )}
      <div className={style.people}>
        <span>
          {text('drivers.did')} <Count value={driver.did.whole} people={people('did')} />
        </span>
        <span>
          {text('drivers.arrivedOf')} <Count value={driver.did.part} people={people('did_converted')} />
        </span>
        <span>
          {text('drivers.didNot')} <Count value={driver.did_not.whole} people={people('did_not')} />
        </span>
        <span>
          {text('drivers.arrivedOf')} <Count value={driver.did_not.part} people={people('did_not_converted')} />
        </span>
      </div>
    </li>
  )
}

/** An effect to the left or right of none, with what it may be. */
function Bar({ driver, reach }: { readonly driver: Driver; readonly reach: number }) {
  const { compared: it } = driver
  if (it == null) return null
  const at = (people: number) => 50 + (50 * Math.max(-reach, Math.min(reach, people))) / reach
  const [from, to] = [Math.min(at(0), at(it.people_per_month)), Math.max(at(0), at(it.people_per_month))]
  const { low, high } = it.people_interval
  return (
    <div className={style.bar} aria-hidden="true">
      <i className={style.zero} />
      <span className={style.size} style={{ left: `${from}%`, width: `${to - from}%` }} />
      <span className={style.range} style={{ left: `${at(low)}%`, width: `${at(high) - at(low)}%` }} />
    </div>
  )
}

/** A rate below what is shown is not none. */
function falseWords(rate: number, format: Format): string {
  return rate < 0.001 ? `< ${format.share(0.001)}` : format.share(rate)
}

function headOf(text: Text): readonly string[] {
  const heads = ['candidate', 'standing', 'perMonth', 'withShare', 'withoutShare', 'relativeRisk', 'oddsRatio', 'chance', 'didIt', 'didItArrived', 'didNotDo', 'didNotArrived'] as const
  return heads.map((it) => text(`drivers.heads.${it}`))
}

function wordsOf(driver: Driver, name: string, text: Text, format: Format): readonly string[] {
  const { compared: it } = driver
  const known = (words: (compared: NonNullable<Driver['compared']>) => string) => (it == null ? '–' : words(it))
  return [
    name,
    text(`drivers.standings.${driver.standing}`),
    known(({ people_per_month }) => format.amount(people_per_month)),
    known((compared) => format.share(compared.with.part / compared.with.whole)),
    known(({ without }) => format.share(without)),
    known(({ relative }) => (relative == null ? '–' : format.amount(relative))),
    known(({ odds }) => (odds == null ? '–' : format.amount(odds))),
    known(({ false_rate }) => falseWords(false_rate, format)),
    format.count(driver.did.whole),
    format.count(driver.did.part),
    format.count(driver.did_not.whole),
    format.count(driver.did_not.part),
  ]
}
