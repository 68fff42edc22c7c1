import { useContext } from 'react'
import type { Driver, Drivers, DriversReply } from '../api/drivers.ts'
import { channels } from '../api/model.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { candidateName } from '../i18n/candidate-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { contrastCells, contrastHeads, reachOf } from './contrast.ts'
import { ContrastRow } from './contrast-row.tsx'
import style from './contrast.module.css'
import { sourceOf } from './drivers.ts'
import { LabelNamesContext } from './use-label-text.ts'

type ListProps = { readonly label: string; readonly rows: readonly Driver[]; readonly drivers: Drivers; readonly numbers: DriversReply['numbers'] }

/** Candidates with their effect, what it may be, and the people behind it. */
export function DriversList({ label, rows, drivers, numbers }: ListProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useDriverName()
  const reach = reachOf(numbers.drivers)
  const head = [text('contrast.heads.candidate'), text('contrast.heads.standing'), ...contrastHeads.map((it) => text(`contrast.heads.${it}`)), ...(['didIt', 'didItArrived', 'didNotDo', 'didNotArrived'] as const).map((it) => text(`drivers.heads.${it}`))]
  const cells = (it: Driver) => [
    nameOf(it),
    text(`drivers.standings.${it.standing}`),
    ...contrastCells(it.compared, format),
    ...[it.did.whole, it.did.part, it.did_not.whole, it.did_not.part].map((count) => format.count(count)),
  ]
  return (
    <TableTwin label={label} twin={{ head, rows: rows.map(cells) }}>
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
    return candidateName({ of: kind, field }, named, text)
  }
}

type RowProps = { readonly driver: Driver; readonly name: string; readonly reach: number; readonly drivers: Drivers }

function Row({ driver, name, reach, drivers }: RowProps) {
  const text = useText()
  const format = useFormat()
  const { compared, from, label, standing, did, did_not } = driver
  const of = { report: { kind: 'drivers' as const, ...drivers } }
  const people = (part: 'did' | 'did_converted' | 'did_not' | 'did_not_converted') => ({ of, select: { kind: 'drivers', of: { of: { from, label, part } } }, title: text(`drivers.parts.${part}`, { name }) })
  return (
    <ContrastRow
      name={name}
      standing={text(`drivers.standings.${standing}`)}
      tone={standing === 'helps' ? 'good' : standing === 'hinders' ? 'bad' : 'none'}
      compared={compared}
      reach={reach}
      effect={(shown, isMore) => text(isMore ? 'drivers.more' : 'drivers.fewer', { people: shown })}
      shares={(it) => text('drivers.shares', { with: format.share(it.with.part / it.with.whole), without: format.share(it.without) })}
    >
      <span>
        {text('drivers.did')} <Count value={did.whole} people={people('did')} />
      </span>
      <span>
        {text('drivers.arrivedOf')} <Count value={did.part} people={people('did_converted')} />
      </span>
      <span>
        {text('drivers.didNot')} <Count value={did_not.whole} people={people('did_not')} />
      </span>
      <span>
        {text('drivers.arrivedOf')} <Count value={did_not.part} people={people('did_not_converted')} />
      </span>
    </ContrastRow>
  )
}
