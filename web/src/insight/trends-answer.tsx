import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { lastTouchQuery } from '../api/last-touch.ts'
import type { Trends, TrendsReply } from '../api/trends.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { TrendLines } from '../chart/trend-lines.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { useUnits } from '../report/use-units.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { TrendsTable } from './trends-table.tsx'
import { openFrom, toggled, type TrendRow, trendRows } from './trends.ts'
import style from './trends.module.css'
import { useLevelWords, useTrendName } from './trends-words.ts'
import { usePeriodName } from './use-period-name.ts'

type AnswerProps = {
  readonly trends: Trends
  readonly reply: TrendsReply
  readonly drawn: readonly string[] | null
  readonly draw: (keys: readonly string[]) => void
}

/** The drawing, every line with its course and its change, and the people of every period. */
export function TrendsAnswerView({ trends, reply, drawn, draw }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const rows = trendRows(reply.numbers, drawn)
  const { left_out } = reply
  return (
    <>
      <Section title={text('trends.title')} note={text(typeof trends.display === 'object' ? 'trends.titleMoving' : trends.display === 'running' ? 'trends.titleRunning' : 'trends.titlePlain')}>
        <TrendsDrawing trends={trends} reply={reply} rows={rows.filter((it) => it.slot !== null)} />
      </Section>
      <Section title={text('trends.lines')} note={text('trends.linesNote')}>
        {trends.breakdown === 'touchpoint' ? (
          <TouchpointTable trends={trends} reply={reply} rows={rows} toggle={(key) => draw(toggled(rows, key))} />
        ) : (
          <TrendsTable trends={trends} reply={reply} rows={rows} toggle={(key) => draw(toggled(rows, key))} />
        )}
        <p className={style.hint}>
          {useUnits(reply.report).about(reply.n)}{' '}
          {left_out.capped > 0 && text('trends.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}{' '}
          {left_out.ungrouped > 0 && text('trends.unmeasured', { count: left_out.ungrouped, shown: format.count(left_out.ungrouped) })}
        </p>
        <p className={style.hint}>{text('trends.levelAbout')}</p>
      </Section>
      <PeopleByPeriod trends={trends} reply={reply} rows={rows.filter((it) => it.slot !== null && !it.line.is_formula)} />
    </>
  )
}

/** The same with what comes of each touchpoint, as the report of leaving counts it. */
function TouchpointTable({ trends, ...table }: ComponentProps<typeof TrendsTable>) {
  const text = useText()
  const { id: ws } = useWorkspace()
  const { asOf, then } = useAsOf()
  const { range, people, filter } = trends
  const ask = { range, by: 'touchpoint', ...(people == null ? {} : { people }), ...(filter == null ? {} : { filter }) }
  const touches = useQuery(lastTouchQuery(ws, ask, asOf))
  return (
    <>
      <TrendsTable trends={trends} {...table} touches={touches.data?.numbers.touches ?? []} />
      <p className={style.hint}>
        {text('trends.backAbout')}{' '}
        <Link from="/w/$ws/trends" to="/w/$ws/leaving" search={{ ask, ...then }} className={style.inline}>
          {text('trends.leaving')}
        </Link>
      </p>
    </>
  )
}

type DrawingProps = { readonly trends: Trends; readonly reply: TrendsReply; readonly rows: readonly TrendRow[]; readonly height?: number }

/** The chosen lines over time, and behind a button the same as a table. */
export function TrendsDrawing({ trends, reply, rows, height }: DrawingProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useTrendName(trends)
  const levelWords = useLevelWords(trends)
  const periodName = usePeriodName(trends.period ?? 'day')
  const { points } = reply.numbers
  const open = openFrom(reply.numbers)
  const shown = (value: number | null | undefined) => (value == null ? '–' : format.amount(value))
  const places = points.map((it) => periodName(it.from))
  const lines = rows.map(({ line, slot }) => {
    const change = line.level?.change
    const at = change == null ? -1 : points.findIndex((it) => it.from === change.at)
    // Levels are those of single periods, so they would stand wrong beside what is summed or smoothed.
    const isPlain = (trends.display ?? 'plain') === 'plain'
    return {
      name: nameOf(line),
      slot: slot ?? 0,
      values: line.shown.map((it) => it ?? null),
      ...(change == null || at < 1 || !isPlain ? {} : { change: { at, before: change.before, after: change.after, words: levelWords(line) } }),
    }
  })
  return (
    <>
      <TableTwin
        label={text('trends.title')}
        twin={{
          head: [text('trends.when'), ...lines.map((it) => it.name)],
          rows: points.map((point, index) => [
            point.is_partial ? text('trends.soFar', { when: places[index] ?? '' }) : (places[index] ?? point.from),
            ...lines.map((it) => shown(it.values[index])),
          ]),
        }}
      >
        <TrendLines
          label={text('trends.title')}
          places={places}
          lines={lines}
          openFrom={open}
          isCutAtStart={points.length > 2 && points[0]?.is_partial === true}
          showValue={format.amount}
          showTick={format.compact}
          openWords={text('trends.notOver')}
          {...(height === undefined ? {} : { height })}
        />
      </TableTwin>
      <ul className={style.legend}>
        {lines.map((it) => (
          <li key={it.slot}>
            <span className={style.swatch} data-series={it.slot} />
            {it.name}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Whoever has a part in a line in one period. */
function PeopleByPeriod({ trends, reply, rows }: DrawingProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useTrendName(trends)
  const periodName = usePeriodName(trends.period ?? 'day')
  if (rows.length === 0) return null
  return (
    <details className={style.points}>
      <summary>{text('trends.people')}</summary>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('trends.people')}>
        <table className={style.lines}>
          <thead>
            <tr>
              <th scope="col">{text('trends.when')}</th>
              {rows.map(({ key, line }) => (
                <th key={key} scope="col" data-number>
                  {nameOf(line)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {reply.numbers.points
              .map((point, index) => (
                <tr key={point.from}>
                  <th scope="row">{periodName(point.from)}</th>
                  {rows.map(({ key, line }) => (
                    <td key={key} data-number>
                      <Count
                        value={line.points[index]?.profiles ?? 0}
                        people={{
                          of: { report: reply.report },
                          select: { kind: 'trends', series: line.name, ...(line.label == null ? {} : { label: line.label }), point: point.from },
                          title: `${nameOf(line)} · ${periodName(point.from)}`,
                          asked: reply.asked,
                        }}
                      />
                    </td>
                  ))}
                </tr>
              ))
              .toReversed()}
          </tbody>
        </table>
      </div>
      <p className={style.hint}>{text('trends.peopleAbout', { count: reply.numbers.points.length, shown: format.count(reply.numbers.points.length) })}</p>
    </details>
  )
}
