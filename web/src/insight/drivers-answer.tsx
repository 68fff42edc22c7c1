import type { Driver, DriversReply } from '../api/drivers.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Section } from '../ui/page.tsx'
import { type DriverGroup, driverGroups, inGroup, reachOf } from './drivers.ts'
import { labelText } from './funnel.ts'
import style from './drivers.module.css'

/** What goes with converting: what helps, what hinders, and what only looks so. */
export function DriversAnswerView({ reply }: { readonly reply: DriversReply }) {
  const text = useText()
  const format = useFormat()
  const { converted, drivers, immature, tested } = reply.numbers
  const people = (of: string, title: string) => ({ of: { report: reply.report }, select: { kind: 'drivers', of }, title, asked: reply.asked })
  return (
    <>
      <p className={style.warning}>
        <b>{text('drivers.notCause')}</b> {text('drivers.notCauseNote')}
      </p>
      <dl className={style.figures}>
        <div>
          <dt>{text('funnel.entered')}</dt>
          <dd>
            <Count value={converted.whole} people={people('entered', text('funnel.entered'))} />
          </dd>
        </div>
        <div>
          <dt>{text('drivers.arrived')}</dt>
          <dd>
            <Count value={converted.part} people={people('converted', text('drivers.arrived'))} />
            {converted.whole > 0 && <span>{format.share(converted.part / converted.whole)}</span>}
          </dd>
        </div>
        <div>
          <dt>{text('drivers.tested')}</dt>
          <dd>{format.count(tested)}</dd>
        </div>
      </dl>
      {immature > 0 && (
        <p className={style.hint}>
          {text('drivers.immature')} <Count value={immature} people={people('immature', text('drivers.immature'))} />
        </p>
      )}
      {drivers.length === 0 ? <Empty title={text('drivers.none')}>{text('drivers.noneNote')}</Empty> : driverGroups.map(({ key }) => <Group key={key} group={key} reply={reply} />)}
      <p className={style.hint}>{text('drivers.method')}</p>
    </>
  )
}

function nameOf({ field, at_entry, label }: Driver, text: Text): string {
  const value = labelText(label) ?? text(`funnel.label.${label === 'rest' ? 'rest' : 'not_set'}`)
  const named = field === 'event' || field === 'touchpoint' ? value : `${field} = ${value}`
  return at_entry ? text('drivers.atStart', { name: named }) : named
}

/** Candidates of one standing. */
function Group({ group, reply }: { readonly group: DriverGroup; readonly reply: DriversReply }) {
  const text = useText()
  const format = useFormat()
  const rows = inGroup(reply.numbers.drivers, group)
  if (rows.length === 0 && group !== 'found') return null
  const isTested = group === 'found' || group === 'unsure'
  const table = (
    <TableTwin label={text(`drivers.groups.${group}`)} twin={{ head: headOf(text), rows: rows.map((it) => wordsOf(it, text, format)) }}>
      <ul className={style.rows} aria-label={text(`drivers.groups.${group}`)}>
        {rows.map((it) => (
          <Row key={JSON.stringify([it.field, it.at_entry, it.label])} driver={it} reach={reachOf(reply.numbers.drivers)} reply={reply} isTested={isTested} />
        ))}
      </ul>
    </TableTwin>
  )
  return (
    <Section title={text(`drivers.groups.${group}`)} note={text(`drivers.groupNotes.${group}`)}>
      {rows.length === 0 ? (
        <p className={style.hint}>{text('drivers.nothingFound')}</p>
      ) : group === 'found' || group === 'unsure' ? (
        table
      ) : (
        <details className={style.more}>
          <summary>{text('drivers.show', { count: rows.length })}</summary>
          {table}
        </details>
      )}
    </Section>
  )
}

type RowProps = { readonly driver: Driver; readonly reach: number; readonly reply: DriversReply; readonly isTested: boolean }

function Row({ driver, reach, reply, isTested }: RowProps) {
  const text = useText()
  const format = useFormat()
  const { compared: it } = driver
  const name = nameOf(driver, text)
  const people = (part: 'did' | 'did_converted' | 'did_not' | 'did_not_converted') => ({
    of: { report: reply.report },
    select: { kind: 'drivers', of: { of: { field: driver.field, at_entry: driver.at_entry, label: driver.label, part } } },
    title: text(`drivers.parts.${part}`, { name }),
    asked: reply.asked,
  })
  return (
    <li className={style.row} data-standing={driver.standing}>
      <div className={style.name}>
        <b>{name}</b>
        <span className={style.standing}>{text(`drivers.standings.${driver.standing}`)}</span>
      </div>
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
      {isTested && it != null && (
        <>
          <Bar driver={driver} reach={reach} />
          <div className={style.effect}>
            <b>{text('drivers.points', { points: format.points(it.difference) })}</b>
            {it.interval != null && <Interval low={it.interval.low} high={it.interval.high} shown={format.points} />}
            <span>{text('drivers.shares', { with: format.share(it.with.part / it.with.whole), without: format.share(it.without) })}</span>
            <span>{text(it.people_per_month < 0 ? 'drivers.fewer' : 'drivers.more', { people: format.amount(Math.abs(it.people_per_month)) })}</span>
            <span>{text('drivers.falseRate', { share: format.share(it.false_rate) })}</span>
          </div>
        </>
      )}
    </li>
  )
}

/** A difference to the left or right of none, with what it may be. */
function Bar({ driver, reach }: { readonly driver: Driver; readonly reach: number }) {
  const { compared: it } = driver
  if (it == null) return null
  const at = (share: number) => 50 + (50 * Math.max(-reach, Math.min(reach, share))) / reach
  const [from, to] = [Math.min(at(0), at(it.difference)), Math.max(at(0), at(it.difference))]
  return (
    <div className={style.bar} aria-hidden="true">
      <i className={style.zero} />
      <span className={style.size} style={{ left: `${from}%`, width: `${to - from}%` }} />
      {it.interval != null && <span className={style.range} style={{ left: `${at(it.interval.low)}%`, width: `${at(it.interval.high) - at(it.interval.low)}%` }} />}
    </div>
  )
}

function headOf(text: Text): readonly string[] {
  return [text('drivers.candidate'), text('drivers.standing'), text('drivers.did'), text('drivers.arrivedOf'), text('drivers.didNot'), text('drivers.difference'), text('drivers.perMonth')]
}

function wordsOf(driver: Driver, text: Text, format: Format): readonly string[] {
  const { compared: it } = driver
  return [
    nameOf(driver, text),
    text(`drivers.standings.${driver.standing}`),
    format.count(driver.did.whole),
    format.count(driver.did.part),
    format.count(driver.did_not.whole),
    it == null ? '–' : text('drivers.points', { points: format.points(it.difference) }),
    it == null ? '–' : format.amount(it.people_per_month),
  ]
}
