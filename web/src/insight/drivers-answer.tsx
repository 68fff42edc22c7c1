import type { Drivers, DriversReply } from '../api/drivers.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { ContrastGroup } from './contrast-group.tsx'
import { type DriverGroup, driverGroups, inGroup } from './drivers.ts'
import { DriversList } from './drivers-list.tsx'
import funnelStyle from './funnel.module.css'

type AnswerProps = { readonly drivers: Drivers; readonly reply: DriversReply }

/** What goes with converting: what helps, what hinders, and what only looks so. */
export function DriversAnswerView({ drivers, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  return (
    <>
      <DriversFigures drivers={drivers} numbers={numbers} />
      {numbers.drivers.length === 0 ? (
        <Empty title={text('drivers.none')}>{text('drivers.noneNote')}</Empty>
      ) : (
        driverGroups.map(({ key }) => <Group key={key} group={key} drivers={drivers} reply={reply} />)
      )}
      <p className={funnelStyle.hint}>
        <b>{text('drivers.notCause')}</b> {text('drivers.notCauseNote')} {text('drivers.method')}
        {left_out.capped > 0 && ` ${text('drivers.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}`}
      </p>
    </>
  )
}

/** How many were on the way, how many arrived, and how much was looked at. */
export function DriversFigures({ drivers, numbers }: { readonly drivers: Drivers; readonly numbers: DriversReply['numbers'] }) {
  const text = useText()
  const format = useFormat()
  const { converted, immature, tested } = numbers
  const of = { report: { kind: 'drivers' as const, ...drivers } }
  const people = (part: 'entered' | 'converted' | 'immature', title: string) => ({ of, select: { kind: 'drivers', of: part }, title })
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('drivers.arrived')}</dt>
        <dd>
          <strong>{converted.whole === 0 ? '–' : format.share(converted.part / converted.whole)}</strong>
          {converted.interval != null && <Interval low={converted.interval.low} high={converted.interval.high} shown={format.share} />}
          <Count value={converted.part} people={people('converted', text('drivers.arrived'))} />
        </dd>
      </div>
      <div>
        <dt>{text('drivers.entered')}</dt>
        <dd>
          <strong>
            <Count value={converted.whole} people={people('entered', text('drivers.entered'))} />
          </strong>
          {immature > 0 && (
            <span>
              {text('drivers.immature')} <Count value={immature} people={people('immature', text('drivers.immatureTitle'))} />
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{text('drivers.tested')}</dt>
        <dd>
          <strong>{format.count(tested)}</strong>
          <span>{text('drivers.ofCandidates', { count: format.count(numbers.drivers.length) })}</span>
        </dd>
      </div>
    </dl>
  )
}

/** Candidates of one standing. */
function Group({ group, drivers, reply }: AnswerProps & { readonly group: DriverGroup }) {
  const text = useText()
  const rows = inGroup(reply.numbers.drivers, group)
  return (
    <ContrastGroup
      title={text(`drivers.groups.${group}`)}
      note={text(`drivers.groupNotes.${group}`)}
      count={rows.length}
      none={group === 'found' ? text('drivers.nothingFound') : undefined}
      isOpen={group === 'found' || group === 'unsure'}
    >
      <DriversList label={text(`drivers.groups.${group}`)} rows={rows} drivers={drivers} numbers={reply.numbers} />
    </ContrastGroup>
  )
}
