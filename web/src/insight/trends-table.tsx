import { Link } from '@tanstack/react-router'
import type { Touch } from '../api/last-touch.ts'
import type { TrendLine, Trends, TrendsReply } from '../api/trends.ts'
import { SparkLine } from '../chart/spark-line.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { isSame } from '../lib/same.ts'
import { useUnits } from '../report/use-units.ts'
import { SMALL } from './funnel.ts'
import { openFrom, type TrendRow } from './trends.ts'
import style from './trends.module.css'
import { useLevelWords, useTrendName } from './trends-words.ts'

type TableProps = {
  readonly trends: Trends
  readonly reply: TrendsReply
  readonly rows: readonly TrendRow[]
  /** Draws a line or takes it away; none where the drawing is fixed. */
  readonly toggle?: (key: string) => void
  /** What comes of periods that end with a touchpoint, where lines are touchpoints. */
  readonly touches?: readonly Touch[] | undefined
}

/** Every line: the whole range, the people in it, its course, and whether its level changed. */
export function TrendsTable({ trends, reply, rows, toggle, touches }: TableProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useTrendName(trends)
  const levelWords = useLevelWords(trends)
  const isOpen = openFrom(reply.numbers) !== null
  return (
    <div className={style.scroll} tabIndex={0} role="group" aria-label={text('trends.lines')} data-picture={text('trends.lines')}>
      <table className={style.lines}>
        <thead>
          <tr>
            <th scope="col">{text('trends.line')}</th>
            <th scope="col" data-number>
              {text('trends.whole')}
            </th>
            <th scope="col" data-number>
              {useUnits(reply.report).heading}
            </th>
            <th scope="col">{text('trends.course')}</th>
            <th scope="col">{text('trends.change')}</th>
            {touches !== undefined && (
              <th scope="col" data-number>
                {text('trends.backAfter')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, line, slot }) => {
            const name = nameOf(line)
            const change = line.level?.change
            return (
              <tr key={key}>
                <th scope="row">
                  {toggle === undefined ? (
                    name
                  ) : (
                    <button type="button" className={style.toggle} aria-pressed={slot !== null} onClick={() => toggle(key)}>
                      <span className={style.swatch} data-series={slot ?? undefined} aria-hidden="true" />
                      {name}
                    </button>
                  )}
                </th>
                <td data-number>{line.total.value == null ? '–' : format.amount(line.total.value)}</td>
                <td data-number>
                  {line.total.profiles == null ? (
                    '–'
                  ) : (
                    <Count
                      value={line.total.profiles}
                      people={{
                        of: { report: reply.report },
                        select: { kind: 'trends', series: line.name, ...(line.label == null ? {} : { label: line.label }) },
                        title: name,
                        asked: reply.asked,
                      }}
                    />
                  )}
                </td>
                <td>
                  <SparkLine values={line.points.map((it) => it.value ?? 0)} words={text('trends.courseOf', { name })} isOpen={isOpen} />
                </td>
                <td className={style.change} data-change={change == null ? undefined : change.step < 0 ? 'down' : 'up'}>
                  {levelWords(line)}
                </td>
                {touches !== undefined && <BackCell touch={touches.find((it) => isSame(it.label, line.label))} label={line.label} name={name} trends={trends} />}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

type BackProps = { readonly touch: Touch | undefined; readonly label: TrendLine['label']; readonly name: string; readonly trends: Trends }

/** The share of periods ending with a touchpoint after which people came back, and the way to who they are. */
function BackCell({ touch, label, name, trends }: BackProps) {
  const text = useText()
  const format = useFormat()
  const seen = touch?.seen.times ?? 0
  return (
    <td data-number data-small={seen < SMALL || undefined}>
      {touch === undefined || seen === 0 ? '–' : format.share(1 - touch.left.times / seen)}
      {label != null && typeof label === 'object' && (
        <Link
          from="/w/$ws/trends"
          to="/w/$ws/retention"
          search={{ ask: { kind: 'retention', range: trends.range, start: { touchpoints: [String(label.value)] }, period: 'day', periods_count: 8, mode: 'on_or_after' } }}
          className={style.more}
          aria-label={text('trends.backOf', { name })}
        >
          {text('trends.back')}
        </Link>
      )}
    </td>
  )
}
