import type { Board, BoardReply, ChannelLine, ChannelsSelect } from '../api/channels.ts'
import { SparkLine } from '../chart/spark-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import type { PeopleTarget } from '../ui/people.ts'
import { BoardStages } from './board-stages.tsx'
import { boardShares, largestReach, type Part } from './board.ts'
import { CostNotes } from './cost-section.tsx'
import { ratio } from './cost.ts'
import { PassesFigure } from './passes-figure.tsx'
import style from './board.module.css'
import funnelStyle from './funnel.module.css'
import wide from '../ui/wide-table.module.css'

type AnswerProps = { readonly board: Board; readonly reply: BoardReply }

/** The figures, every channel on a line, and the same by stage where that is asked for. */
export function BoardAnswerView({ board, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, n } = reply
  const hasValue = board.value !== null && board.value !== undefined
  const hasService = board.service != null
  const { cost } = numbers
  const people = usePeople(board)
  const count = (value: number) => format.count(value)
  const share = ({ share }: Part) => format.shareIfAny(share)
  const head = [
    text('board.channel'),
    text('board.reached'),
    text('board.contacts'),
    text('board.answered'),
    text('board.acts'),
    ...(hasService ? [text('repeat.again')] : []),
    text('board.converted'),
    text('attribution.onPath'),
    text('attribution.assisted'),
    text('board.last'),
    ...(cost == null ? [] : [text('cost.cost'), text('cost.perConversion')]),
    text('board.trend'),
  ]
  const twinHead = [
    ...head.slice(0, hasService ? 10 : 9),
    ...(hasValue ? [text('board.lastValue')] : []),
    ...(cost == null ? [] : [text('cost.cost'), text('cost.perReached'), text('cost.perAnswer'), text('cost.perConversion')]),
    text('board.trend'),
  ]
  const costs = (line: ChannelLine) => {
    if (cost == null) return []
    const paid = line.cost?.amount
    const each = (whole: number) => {
      const value = paid === undefined ? null : ratio(paid, whole)
      return value === null ? '–' : format.money(value, cost.currency)
    }
    return [each(1), each(line.meetings.events.profiles), each(line.meetings.answered.times), each(line.on_path.times)]
  }
  const isOpen = numbers.points.at(-1)?.is_partial === true
  const trend = (line: ChannelLine) => line.trend.map(count).join(', ')
  return (
    <>
      <dl className={funnelStyle.figures}>
        <div>
          <dt>{text('board.reachedInAll')}</dt>
          <dd>
            <strong>
              <Count value={n} people={people(text('board.reachedInAll'), { part: 'reached' })} />
            </strong>
          </dd>
        </div>
        <PassesFigure title={text('attribution.conversions')} passes={numbers.conversions.passes} people={people(text('attribution.converted'), { part: 'any_conversion' })} />
        {hasValue && (
          <div>
            <dt>{text('attribution.worth')}</dt>
            <dd>
              <strong>{format.amount(numbers.conversions.value)}</strong>
            </dd>
          </div>
        )}
        <PassesFigure title={text('board.untouched')} passes={numbers.untouched.passes} people={people(text('board.untouched'), { part: 'untouched' })} />
      </dl>
      <Section title={text('board.table')} note={text('board.tableNote')}>
        <TableTwin
          label={text('board.table')}
          twin={{
            head: twinHead,
            rows: numbers.lines.map((line) => {
              const shares = boardShares(line.meetings)
              return [
                text(`channel.${line.channel}`),
                count(line.meetings.events.profiles),
                count(line.meetings.contacts.profiles),
                share(shares.answered),
                count(line.meetings.acts.profiles),
                ...(hasService ? [share(shares.repeated)] : []),
                share(shares.converted),
                count(line.on_path.profiles),
                count(line.assisted.profiles),
                format.amount(line.last.conversions),
                ...(hasValue ? [format.amount(line.last.value)] : []),
                ...costs(line),
                trend(line),
              ]
            }),
          }}
        >
          <div className={wide.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('board.table') })}>
            <table className={`${wide.table} ${style.table}`}>
              <thead>
                <tr>
                  {head.map((name, index) => (
                    <th key={name} scope="col" data-number={(index > 0 && index < head.length - 1) || undefined}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {numbers.lines.map((line) => (
                  <Line key={line.channel} line={line} board={board} n={n} largest={largestReach(numbers.lines)} isOpen={isOpen} hasValue={hasValue} currency={cost?.currency ?? null} />
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">{text('board.sum')}</th>
                  <td data-number>{count(n)}</td>
                  <td colSpan={hasService ? 7 : 6} />
                  <td data-number>
                    {count(numbers.conversions.passes.times - numbers.untouched.passes.times)}
                    {hasValue && <span className={style.under}>{format.amount(numbers.conversions.value - numbers.untouched.value)}</span>}
                  </td>
                  {cost != null && (
                    <>
                      <td data-number>{format.money(cost.paid.amount, cost.currency)}</td>
                      <td />
                    </>
                  )}
                  <td />
                </tr>
              </tfoot>
            </table>
          </div>
        </TableTwin>
        {cost != null && <CostNotes cost={cost} />}
      </Section>
      {board.by_stage === true && <BoardStages board={board} numbers={numbers} />}
      <p className={funnelStyle.hint}>
        {text('board.about', { within: board.within ?? '30d', answer: board.answer_within ?? '3d' })} {text('attribution.peopleNote')}
        {hasService && ` ${text('repeat.about', { within: board.repeat_within ?? '7d' })}`}
        {numbers.contacts.length > 0 && ` ${text('board.contactNames', { names: numbers.contacts.join(', ') })}`}
        {hasValue && numbers.unvalued > 0 && ` ${text('attribution.unvalued', { count: numbers.unvalued, shown: count(numbers.unvalued) })}`}
      </p>
    </>
  )
}

/** Names the people behind a number of the board. */
export function usePeople(board: Board) {
  const of = { report: { kind: 'channels' as const, ...board } }
  return (title: string, select: Partial<ChannelsSelect>) => ({ of, title, select: { kind: 'channels', ...select } })
}

type LineProps = {
  readonly line: ChannelLine
  readonly board: Board
  readonly n: number
  readonly largest: number
  readonly isOpen: boolean
  readonly hasValue: boolean
  /** Of costs; none while no cost is stored. */
  readonly currency: string | null
}

function Line({ line, board, n, largest, isOpen, hasValue, currency }: LineProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeople(board)
  const { channel, meetings } = line
  const { answered, returned, converted, repeated } = boardShares(meetings)
  const name = text(`channel.${channel}`)
  const of = (title: string, part: NonNullable<ChannelsSelect['part']>) => people(`${name} · ${title}`, { channel, part })
  const reach = meetings.events.profiles
  return (
    <tr>
      <th scope="row">
        <ChannelBadge channel={channel} />
      </th>
      <td data-number data-tip={text('board.reachTip', { share: format.share(reach / Math.max(1, n)), events: format.count(meetings.events.times) })}>
        <Count value={reach} people={of(text('board.reached'), 'reached')} /> <span className={style.of}>{format.share(reach / Math.max(1, n))}</span>
        <Meter share={reach / largest} color={`var(--channel-${channel})`} />
      </td>
      <Times passes={meetings.contacts} none={text('board.noContacts')} people={of(text('board.contacts'), 'contacted')} />
      <Share
        part={answered}
        none={text(meetings.contacts.times === 0 ? 'board.noContacts' : 'board.noneOver')}
        tip={returned.share === null ? '' : text('board.answeredTip', { part: format.count(answered.part), whole: format.count(answered.whole), returned: format.share(returned.share) })}
        people={of(text('board.answered'), 'answered')}
      />
      <Times passes={meetings.acts} none={text('board.noActs')} people={of(text('board.acts'), 'acted')} />
      {board.service != null && <Repeats line={line} part={repeated} people={of} />}
      <Share
        part={converted}
        none={text('board.noneOver')}
        tip={`${text('retention.of', { part: format.count(converted.part), whole: format.count(converted.whole) })}${meetings.immature > 0 ? ` · ${text('board.immature', { count: meetings.immature, shown: format.count(meetings.immature) })}` : ''}`}
        people={of(text('board.converted'), 'converted')}
      />
      <Times passes={line.on_path} none={text('board.noPath')} people={of(text('attribution.onPath'), 'on_path')} />
      <Times passes={line.assisted} none={text('board.noPath')} people={of(text('attribution.assisted'), 'assisted')} />
      <td data-number>
        {format.amount(line.last.conversions)}
        {hasValue && (
          <span className={style.under} data-tip={text('board.lastValue')}>
            {format.amount(line.last.value)}
          </span>
        )}
      </td>
      {currency !== null && <CostCells line={line} currency={currency} />}
      <td>
        <SparkLine values={line.trend} width={72} isOpen={isOpen} words={text('board.trendTip', { name, values: line.trend.map((it) => format.count(it)).join(', ') })} />
      </td>
    </tr>
  )
}

type RepeatsProps = { readonly line: ChannelLine; readonly part: Part; readonly people: (title: string, part: NonNullable<ChannelsSelect['part']>) => PeopleTarget }

/** Who asked for help again in time, and where. */
function Repeats({ line: { meetings }, part, people }: RepeatsProps) {
  const text = useText()
  const format = useFormat()
  if (part.share === null) return <td data-number>–</td>
  return (
    <td data-number data-small={part.isSmall || undefined} data-tip={text('repeat.tip', { again: format.count(meetings.repeated.times), asked: format.count(meetings.service.times) })}>
      <Count value={part.part} shown={format.share(part.share)} people={people(text('repeat.again'), 'repeated')} />
      <span className={style.under}>
        {text('repeat.of')} <Count value={part.whole} people={people(text('repeat.asked'), 'service')} />
      </span>
      <span className={style.under}>
        {text('repeat.same')} <Count value={meetings.repeated_same.profiles} people={people(text('repeat.sameTitle'), 'repeated_same')} /> · {text('repeat.other')}{' '}
        <Count value={meetings.repeated_other.profiles} people={people(text('repeat.otherTitle'), 'repeated_other')} />
      </span>
    </td>
  )
}

type CostCellsProps = { readonly line: ChannelLine; readonly currency: string }

/** What was paid for a channel, and for each conversion that it is on the path of. */
function CostCells({ line, currency }: CostCellsProps) {
  const text = useText()
  const format = useFormat()
  const paid = line.cost?.amount
  if (paid === undefined)
    return (
      <>
        <td data-number>
          <None words={text('cost.noneStored')} />
        </td>
        <td data-number>
          <None words={text('cost.noneStored')} />
        </td>
      </>
    )
  const perReached = ratio(paid, line.meetings.events.profiles)
  const perAnswer = ratio(paid, line.meetings.answered.times)
  const perConversion = ratio(paid, line.on_path.times)
  const tips = [
    perReached === null ? null : `${text('cost.perReached')}: ${format.money(perReached, currency)}`,
    perAnswer === null ? null : `${text('cost.perAnswer')}: ${format.money(perAnswer, currency)}`,
  ].filter((it) => it !== null)
  return (
    <>
      <td data-number data-tip={tips.length === 0 ? undefined : tips.join(' · ')}>
        {format.money(paid, currency)}
        {perAnswer !== null && <span className={style.under}>{text('cost.eachAnswer', { amount: format.money(perAnswer, currency) })}</span>}
      </td>
      <td data-number>{perConversion === null ? <None words={text('board.noPath')} /> : format.money(perConversion, currency)}</td>
    </>
  )
}

type ShareProps = { readonly part: Part; readonly none: string; readonly tip: string; readonly people: Parameters<typeof Count>[0]['people'] }

/** A share with its people and a bar; grey where it is of few. */
export function Share({ part, none, tip, people }: ShareProps) {
  const format = useFormat()
  if (part.share === null)
    return (
      <td data-number>
        <None words={none} />
      </td>
    )
  return (
    <td data-number data-small={part.isSmall || undefined} data-tip={tip}>
      <Count value={part.part} shown={format.share(part.share)} people={people} />
      <Meter share={part.share} />
    </td>
  )
}

type TimesProps = {
  readonly passes: { readonly times: number; readonly profiles: number }
  readonly none: string
  readonly people: Parameters<typeof Count>[0]['people']
}

/** How many people, who can be opened, and how often. */
export function Times({ passes, none, people }: TimesProps) {
  const text = useText()
  const format = useFormat()
  if (passes.times === 0)
    return (
      <td data-number>
        <None words={none} />
      </td>
    )
  return (
    <td data-number>
      <Count value={passes.profiles} people={people} />
      <span className={style.under}>{text('board.times', { count: passes.times, shown: format.count(passes.times) })}</span>
    </td>
  )
}

/** A dash that says why there is no number. */
function None({ words }: { readonly words: string }) {
  return (
    <span className={style.none} role="img" data-tip={words} aria-label={words}>
      –
    </span>
  )
}
