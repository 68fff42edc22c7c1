import type { LastTouch, LastTouchReply, LastTouchSelect, Touch } from '../api/last-touch.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { contrastCells, contrastHeads, reachOf } from './contrast.ts'
import { ContrastGroup } from './contrast-group.tsx'
import { ContrastRow } from './contrast-row.tsx'
import style from './contrast.module.css'
import funnelStyle from './funnel.module.css'
import { type TouchGroup, touchesIn, touchGroups } from './leaving.ts'
import { useLabelText } from './use-label-text.ts'

type Numbers = LastTouchReply['numbers']
type AnswerProps = { readonly leaving: LastTouch; readonly reply: LastTouchReply }

/** Names the people behind a number of leaving. */
function usePeopleOf(leaving: LastTouch) {
  const of = { report: { kind: 'last_touch' as const, ...leaving } }
  return (title: string, select: LastTouchSelect) => ({ of, title, select: { kind: 'last_touch', ...select } })
}

/** How many leave, and what they met last that others who are like them did not. */
export function LeavingAnswerView({ leaving, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  return (
    <>
      <LeavingFigures leaving={leaving} numbers={numbers} />
      {touchGroups.map(({ key }) => (
        <Group key={key} group={key} leaving={leaving} numbers={numbers} />
      ))}
      <p className={funnelStyle.hint}>
        <b>{text('drivers.notCause')}</b> {text('leaving.method')}
        {numbers.contacts.length > 0 && ` ${text('board.contactNames', { names: numbers.contacts.join(', ') })}`}
        {left_out.capped > 0 && ` ${text('drivers.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}`}
      </p>
    </>
  )
}

/** How many were here, how many left, and how many came back. */
export function LeavingFigures({ leaving, numbers }: { readonly leaving: LastTouch; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(leaving)
  const { seen, left, back, unknown, tested, touches } = numbers
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('leaving.seen')}</dt>
        <dd>
          <strong>
            <Count value={seen.profiles} people={people(text('leaving.seen'), { part: 'seen' })} />
          </strong>
          {unknown.profiles > 0 && (
            <span>
              {text('leaving.unknown')} <Count value={unknown.profiles} people={people(text('leaving.unknownTitle'), { part: 'unknown' })} />
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{text('leaving.left')}</dt>
        <dd>
          <strong>
            <Count value={left.profiles} people={people(text('leaving.left'), { part: 'left' })} />
          </strong>
          {back.profiles > 0 && (
            <span>
              {text('leaving.back')} <Count value={back.profiles} people={people(text('leaving.backTitle'), { part: 'back' })} />
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{text('leaving.rate', { period: text(`leaving.ofPeriods.${leaving.period ?? 'week'}`) })}</dt>
        <dd>
          <strong>{seen.times === 0 ? '–' : format.share(left.times / seen.times)}</strong>
        </dd>
      </div>
      <div>
        <dt>{text('drivers.tested')}</dt>
        <dd>
          <strong>{format.count(tested)}</strong>
          <span>{text('drivers.ofCandidates', { count: format.count(touches.length) })}</span>
        </dd>
      </div>
    </dl>
  )
}

/** Last acts of one standing. */
function Group({ group, leaving, numbers }: { readonly group: TouchGroup; readonly leaving: LastTouch; readonly numbers: Numbers }) {
  const text = useText()
  const rows = touchesIn(numbers.touches, group)
  return (
    <ContrastGroup
      title={text(`leaving.groups.${group}`)}
      note={text(`leaving.groupNotes.${group}`)}
      count={rows.length}
      none={group === 'loses' ? text('leaving.nothingFound') : undefined}
      isOpen={group === 'loses' || group === 'keeps' || group === 'unsure'}
    >
      <TouchList label={text(`leaving.groups.${group}`)} rows={rows} leaving={leaving} numbers={numbers} />
    </ContrastGroup>
  )
}

type ListProps = { readonly label: string; readonly rows: readonly Touch[]; readonly leaving: LastTouch; readonly numbers: Numbers }

/** Last acts with their effect, what it may be, and the people behind it. */
export function TouchList({ label, rows, leaving, numbers }: ListProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(leaving)
  const nameOf = useLabelText(leaving.by ?? 'event')
  const reach = reachOf(numbers.touches)
  const head = [text('leaving.heads.last'), text('contrast.heads.standing'), ...contrastHeads.map((it) => text(`contrast.heads.${it}`)), text('leaving.heads.seen'), text('leaving.heads.left')]
  return (
    <TableTwin
      label={label}
      twin={{ head, rows: rows.map((it) => [nameOf(it.label), text(`leaving.standings.${it.standing}`), ...contrastCells(it.compared, format), format.count(it.seen.profiles), format.count(it.left.profiles)]) }}
    >
      <ul className={style.rows} aria-label={label}>
        {rows.map((touch) => {
          const name = nameOf(touch.label)
          const { label: of, standing, seen, left } = touch
          return (
            <ContrastRow
              key={JSON.stringify(of)}
              name={name}
              standing={text(`leaving.standings.${standing}`)}
              tone={standing === 'keeps' ? 'good' : standing === 'loses' ? 'bad' : 'none'}
              compared={touch.compared}
              reach={reach}
              effect={(shown, isMore) => text(isMore ? 'leaving.more' : 'leaving.fewer', { people: shown })}
              shares={(it) => text('leaving.shares', { with: format.share(it.with.part / it.with.whole), without: format.share(it.without) })}
            >
              <span>
                {text('leaving.metLast')} <Count value={seen.profiles} people={people(text('leaving.titles.seen', { name }), { label: of, part: 'seen' })} />
              </span>
              <span>
                {text('leaving.leftAfter')} <Count value={left.profiles} people={people(text('leaving.titles.left', { name }), { label: of, part: 'left' })} />
              </span>
            </ContrastRow>
          )
        })}
      </ul>
    </TableTwin>
  )
}
