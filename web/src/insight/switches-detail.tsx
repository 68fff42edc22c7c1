import type { Leaving, Switches, SwitchesSelect, Switching } from '../api/channels.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { gapEnds, isClear, isSmall } from './switches.ts'
import { usePeopleOf } from './switches-answer.tsx'
import style from './switches.module.css'

type DetailProps = {
  readonly switches: Switches
  readonly cell: Switching
  readonly leaving: Leaving | undefined
  readonly stage: string
}

/** One change of channel: what came of it, what was to be expected, and how long it took. */
export function SwitchesDetail({ switches, cell, leaving, stage }: DetailProps) {
  const text = useText()
  const format = useFormat()
  const { at, from, to, outcome, against } = cell
  const peopleOf = usePeopleOf(switches)
  const way = `${text(`channel.${from}`)} → ${text(`channel.${to}`)}`
  const people = (title: string, part: SwitchesSelect['part'], target: Partial<SwitchesSelect> = { to }) => peopleOf(`${stage} · ${way} · ${title}`, { at, from, part, ...target })
  const count = (value: number) => format.count(value)
  return (
    <Section title={way} note={stage}>
      <div className={style.detail} aria-live="polite">
        <div>
          <h3>{text('switches.whatCame')}</h3>
          <dl className={style.facts}>
            <dt>{text('switches.whoSwitched')}</dt>
            <dd>
              <Count value={cell.switches.profiles} people={people(text('switches.whoSwitched'), 'switched')} />
              <span>{text('switches.timesInAll', { count: cell.switches.times, shown: count(cell.switches.times) })}</span>
            </dd>
            <dt>{text('repeat.mergedTitle')}</dt>
            <dd>
              <Count value={cell.merged.profiles} people={people(text('repeat.mergedTitle'), 'merged')} />
            </dd>
            <dt>{text('switches.wentOn')}</dt>
            <dd>
              <Count value={outcome.went_on} people={people(text('switches.wentOn'), 'went_on')} />
            </dd>
            <dt>{text('switches.didNot')}</dt>
            <dd>
              <Count value={outcome.mature - outcome.went_on} people={people(text('switches.didNot'), 'did_not')} />
            </dd>
            <dt>{text('switches.mayStill')}</dt>
            <dd>
              <Count value={outcome.immature} people={people(text('switches.mayStill'), 'immature')} />
            </dd>
            {leaving !== undefined && (
              <>
                <dt>{text('switches.whoStayed')}</dt>
                <dd>
                  <Count value={leaving.stayed.profiles} people={people(text('switches.whoStayed'), 'stayed', {})} />
                </dd>
              </>
            )}
          </dl>
        </div>
        <div>
          <h3>{text('switches.compared')}</h3>
          {against === null || against === undefined ? (
            <p className={style.quiet}>{text('switches.notCompared')}</p>
          ) : (
            <>
              <Bar name={text('switches.afterSwitch')} share={against.share} words={text('retention.of', { part: count(against.went_on), whole: count(against.profiles) })} isSmall={isSmall(cell)} />
              <Bar name={text('switches.expected')} share={against.expected_share} words={text('switches.expectedWords')} isSmall={isSmall(cell)} isQuiet />
              <p className={style.verdict} data-small={isSmall(cell) || undefined}>
                <strong>{text('switches.points', { points: format.points(against.difference) })}</strong>{' '}
                <span className={style.quiet}>{text('number.between', { low: format.points(against.interval.low), high: format.points(against.interval.high) })}</span>
                <br />
                {text(against.lost >= 0 ? 'switches.lostExactly' : 'switches.wonExactly', { amount: format.amount(Math.abs(Math.round(against.lost * 10) / 10)) })}
                {against.lost_value !== null && against.lost_value !== undefined && ` ${text('switches.valueExactly', { value: format.amount(against.lost_value) })}`}
              </p>
              <p className={style.quiet}>{text(isSmall(cell) ? 'switches.few' : isClear(cell) ? 'switches.isClear' : 'switches.isUnclear')}</p>
            </>
          )}
        </div>
        <Gaps cell={cell} />
      </div>
    </Section>
  )
}

type BarProps = { readonly name: string; readonly share: number; readonly words: string; readonly isSmall: boolean; readonly isQuiet?: boolean }

function Bar({ name, share, words, isSmall: small, isQuiet = false }: BarProps) {
  const format = useFormat()
  return (
    <div className={style.bar} data-small={small || undefined}>
      <span>{name}</span>
      <strong>{format.share(share)}</strong>
      <span className={style.track} aria-hidden="true">
        <span data-quiet={isQuiet || undefined} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={style.quiet}>{words}</span>
    </div>
  )
}

/** How long it took from the last act in the one channel to the first in the other. */
function Gaps({ cell }: { readonly cell: Switching }) {
  const text = useText()
  const format = useFormat()
  const largest = Math.max(1, ...cell.gaps)
  const name = (index: number) => {
    const end = gapEnds[index]
    return end === undefined ? text('switches.longer', { span: format.span(gapEnds[index - 1] ?? 0) }) : text('switches.upTo', { span: format.span(end) })
  }
  const label = text('switches.gaps')
  return (
    <div>
      <h3>{label}</h3>
      <p className={style.quiet}>{text('switches.gapWords', { median: format.span(cell.median_ms), p90: format.span(cell.p90_ms) })}</p>
      <TableTwin label={label} twin={{ head: [label, text('switches.shows.switches')], rows: cell.gaps.map((count, index) => [name(index), format.count(count)]) }}>
        <ul className={style.gaps}>
          {cell.gaps.map((count, index) => (
            <li key={index}>
              <span>{name(index)}</span>
              <span className={style.track} aria-hidden="true">
                <span style={{ width: `${(count / largest) * 100}%` }} />
              </span>
              <span className={style.number}>{format.count(count)}</span>
            </li>
          ))}
        </ul>
      </TableTwin>
    </div>
  )
}
