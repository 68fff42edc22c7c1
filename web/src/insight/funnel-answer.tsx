import type { Funnel, FunnelReply, Label } from '../api/funnel.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useUnits } from '../report/use-units.ts'
import { Count, Interval } from '../ui/count.tsx'
import { fieldName } from '../ui/field-name.ts'
import { Section } from '../ui/page.tsx'
import { type FunnelRow, funnelRows, labelText, SMALL, whyNotCompared } from './funnel.ts'
import { FunnelTimesView } from './funnel-times.tsx'
import { FunnelTrendView } from './funnel-trend.tsx'
import style from './funnel.module.css'

type AnswerProps = { readonly funnel: Funnel; readonly reply: FunnelReply }

/** Bars, times, lines of the breakdown and the trend: all folds of one outcome. */
export function FunnelAnswerView({ funnel, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  const people = { report: { kind: 'funnel' as const, ...funnel } }
  return (
    <>
      <FunnelFigures numbers={numbers} />
      <FunnelBars funnel={funnel} numbers={numbers} />
      <p className={style.hint}>
        {text('funnel.about', { n: format.count(reply.n) })}
        {left_out.immature > 0 && ` ${text('funnel.immature', { count: left_out.immature, shown: format.count(left_out.immature) })}`}
        {left_out.excluded > 0 && ` ${text('funnel.excludedCount', { count: left_out.excluded, shown: format.count(left_out.excluded) })}`}
        {left_out.ungrouped > 0 && ` ${text('funnel.ungrouped', { count: left_out.ungrouped, shown: format.count(left_out.ungrouped) })}`}
      </p>
      {numbers.lines.length > 0 && <Lines funnel={funnel} reply={reply} of={people} />}
      <FunnelTimesView funnel={funnel} reply={reply} />
      {numbers.trend.length > 1 && <FunnelTrendView reply={reply} />}
    </>
  )
}

/** The share that got to the end, how many began, and how long it took. */
export function FunnelFigures({ numbers }: { readonly numbers: FunnelReply['numbers'] }) {
  const text = useText()
  const format = useFormat()
  const { converted } = numbers
  return (
    <dl className={style.figures}>
      <Figure name={text('funnel.converted')} value={converted.whole === 0 ? '–' : format.share(converted.part / converted.whole)} grey={converted.whole < SMALL}>
        {converted.interval !== null && converted.interval !== undefined && (
          <Interval low={converted.interval.low} high={converted.interval.high} shown={format.share} />
        )}
      </Figure>
      <Figure name={text('funnel.entered')} value={format.count(converted.whole)} />
      <Figure name={text('funnel.medianTime')} value={numbers.to_convert === null || numbers.to_convert === undefined ? '–' : format.span(numbers.to_convert.median_ms)}>
        {numbers.to_convert !== null && numbers.to_convert !== undefined && text('funnel.p90', { span: format.span(numbers.to_convert.p90_ms) })}
      </Figure>
    </dl>
  )
}

/** One bar for each step, with those who were lost before it. */
export function FunnelBars({ funnel, numbers }: { readonly funnel: Funnel; readonly numbers: FunnelReply['numbers'] }) {
  const text = useText()
  const format = useFormat()
  const rows = funnelRows(numbers)
  const people = { report: { kind: 'funnel' as const, ...funnel } }
  const units = useUnits(people.report)
  return (
    <TableTwin
      label={text('funnel.steps')}
      twin={{
        head: [text('funnel.step'), units.heading, text('funnel.reached'), text('funnel.passed'), text('funnel.lost'), text('funnel.open'), text('funnel.time')],
        rows: rows.map((row) => [
          row.name,
          format.count(row.profiles),
          format.shareIfAny(row.reached),
          format.shareIfAny(row.passed),
          format.count(row.lost),
          format.count(row.immature),
          row.medianMs === null ? '–' : format.span(row.medianMs),
        ]),
      }}
    >
      <ol className={style.bars} aria-label={text('funnel.steps')}>
        {rows.map((row, index) => (
          <Bar key={index} row={row} index={index} of={people} />
        ))}
      </ol>
    </TableTwin>
  )
}

type BarProps = { readonly row: FunnelRow; readonly index: number; readonly of: { readonly report: { readonly kind: 'funnel' } & Funnel } }

function Bar({ row, index, of }: BarProps) {
  const text = useText()
  const format = useFormat()
  const select = (part: 'reached' | 'lost' | 'immature') => ({ kind: 'funnel', step: index, part })
  const width = `${(row.reached ?? 0) * 100}%`
  return (
    <li className={style.bar}>
      <div className={style.head}>
        <span className={style.number} aria-hidden="true">
          {index + 1}
        </span>
        <b className={style.grow}>{row.name}</b>
        {row.isOptional && <span className={style.quiet}>{text('funnel.optional')}</span>}
        {row.medianMs !== null && <span className={style.quiet}>{text('funnel.after50', { span: format.span(row.medianMs) })}</span>}
        <Count value={row.profiles} people={{ of, select: select('reached'), title: row.name }} />
        <span className={style.share} data-small={row.units < SMALL || undefined}>
          {format.shareIfAny(row.reached)}
        </span>
      </div>
      <div className={style.track}>
        <span style={{ width }} />
      </div>
      <div className={style.foot}>
        {row.passed !== null && <span>{text('funnel.ofBefore', { share: format.share(row.passed) })}</span>}
        {row.low !== null && row.high !== null && index > 0 && <Interval low={row.low} high={row.high} shown={format.share} />}
        {row.lost > 0 && (
          <span>
            {text('funnel.lostHere')} <Count value={row.lost} people={{ of, select: select('lost'), title: text('funnel.lostAt', { name: row.name }) }} />
          </span>
        )}
        {row.immature > 0 && (
          <span>
            {text('funnel.openHere')} <Count value={row.immature} people={{ of, select: select('immature'), title: text('funnel.openAt', { name: row.name }) }} />
          </span>
        )}
      </div>
    </li>
  )
}

function Lines({ funnel, reply, of }: AnswerProps & { readonly of: BarProps['of'] }) {
  const text = useText()
  const format = useFormat()
  const last = funnel.steps.length - 1
  const differs = useDifferenceWords(funnel, reply)
  const name = (label: Label) => labelText(label) ?? text(`funnel.label.${label === 'rest' ? 'rest' : 'not_set'}`)
  return (
    <Section title={text('funnel.by', { field: fieldName(funnel.breakdown?.field ?? '', text) })}>
      <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: fieldName(funnel.breakdown?.field ?? '', text) })}>
        <table className={style.lines}>
          <thead>
            <tr>
              <th scope="col">{funnel.breakdown == null ? null : fieldName(funnel.breakdown.field, text)}</th>
              {funnel.steps.map((step, index) => (
                <th key={index} scope="col" data-number>
                  {step.name}
                </th>
              ))}
              <th scope="col" data-number>
                {text('funnel.converted')}
              </th>
            </tr>
          </thead>
          <tbody>
            {reply.numbers.lines.map((line) => (
              <tr key={JSON.stringify(line.label)}>
                <th scope="row">{name(line.label)}</th>
                {line.profiles.map((profiles, index) => (
                  <td key={index} data-number>
                    <Count value={profiles} people={{ of, select: { kind: 'funnel', step: index, label: line.label }, title: `${name(line.label)} · ${funnel.steps[index]?.name ?? ''}` }} />
                  </td>
                ))}
                <td data-number data-small={line.converted.whole < SMALL || undefined}>
                  {line.converted.whole === 0 ? '–' : format.share(line.converted.part / line.converted.whole)}
                  {line.converted.interval !== null && line.converted.interval !== undefined && last > 0 && (
                    <>
                      {' '}
                      <Interval low={line.converted.interval.low} high={line.converted.interval.high} shown={format.share} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {differs !== null && <p className={style.hint}>{differs}</p>}
    </Section>
  )
}

/** Whether the lines convert differently, or why that is not said. */
function useDifferenceWords(funnel: Funnel, { numbers }: FunnelReply): string | null {
  const text = useText()
  const format = useFormat()
  const { difference: it } = numbers
  if (it === null || it === undefined) return numbers.lines.length < 2 ? null : text(`funnel.difference.${whyNotCompared(funnel)}`)
  const p = it.p < 0.001 ? text('funnel.difference.under', { share: format.share(0.001) }) : format.share(it.p)
  const words = text(it.p < 0.05 ? 'funnel.difference.real' : 'funnel.difference.chance', { p, statistic: format.amount(it.statistic), degrees: format.count(it.degrees) })
  return it.small_lines === 0 ? words : `${words} ${text('funnel.difference.small', { count: it.small_lines, shown: format.count(it.small_lines) })}`
}

type FigureProps = { readonly name: string; readonly value: string; readonly grey?: boolean; readonly children?: React.ReactNode }

function Figure({ name, value, grey = false, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-small={grey || undefined}>
        <strong>{value}</strong>
        <span>{children}</span>
      </dd>
    </div>
  )
}
