import type { FunnelReply } from '../api/funnel.ts'
import { DayLine } from '../chart/day-line.tsx'
import { StackedBars } from '../chart/stacked-bars.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { SMALL, type TrendRow, trendRows } from './funnel.ts'
import style from './funnel.module.css'

/** Those who entered by when they did: who converted, who did not, and who still may. */
export function FunnelTrendView({ reply }: { readonly reply: FunnelReply }) {
  const text = useText()
  const format = useFormat()
  const rows = trendRows(reply.numbers)
  const name = (from: string) => format.date(format.dayOf(from))
  const parts = ['converted', 'missed', 'open'] as const
  const head = [text('funnel.day'), text('funnel.entered'), ...parts.map((it) => text(`funnel.part.${it}`)), text('funnel.converted')]
  const people = (from: string, part: 'reached' | (typeof parts)[number]) => ({
    of: { report: reply.report },
    select: { kind: 'funnel', step: 0, part, point: from },
    title: `${name(from)} · ${part === 'reached' ? text('funnel.entered') : text(`funnel.part.${part}`)}`,
    asked: reply.asked,
  })
  const rateWords = (it: TrendRow) => (it.open.units > 0 ? text('funnel.soFar', { share: format.shareIfAny(it.rate) }) : format.shareIfAny(it.rate))
  const openFrom = rows.findIndex((it) => it.open.units > 0)
  return (
    <Section title={text('funnel.trend')} note={text('funnel.trendNote')}>
      <TableTwin
        label={text('funnel.trend')}
        twin={{ head, rows: rows.map((it) => [name(it.from), format.count(it.entered), ...parts.map((part) => format.count(it[part].units)), rateWords(it)]) }}
      >
        <DayLine
          label={text('funnel.trendRate')}
          days={rows.map((it) => ({ day: format.dayOf(it.from), value: 100 * (it.rate ?? 0) }))}
          openFrom={openFrom < 0 ? undefined : openFrom}
          showDay={format.date}
          showValue={(value) => format.share(value / 100)}
          showTick={(value) => format.share(value / 100)}
        />
        <StackedBars
          label={text('funnel.trendParts')}
          height={190}
          series={parts.map((part, index) => ({ name: text(`funnel.part.${part}`), color: (['returning', 'quiet', 'open'] as const)[index] ?? 'quiet', isBelow: false }))}
          bars={rows.map((it) => ({ name: name(it.from), values: parts.map((part) => it[part].units), isOpen: it.isPartial }))}
          showValue={format.count}
          showTick={format.compact}
        />
      </TableTwin>
      <p className={style.hint}>{text('funnel.trendAbout')}</p>
      <details className={style.points}>
        <summary>{text('funnel.trendPeople')}</summary>
        <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('funnel.trend') })}>
          <table className={style.lines}>
            <thead>
              <tr>
                {head.map((it, index) => (
                  <th key={it} scope="col" data-number={index > 0 || undefined}>
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.toReversed().map((it) => (
                <tr key={it.from}>
                  <th scope="row">{name(it.from)}</th>
                  <td data-number>
                    <Count value={it.profiles} people={people(it.from, 'reached')} />
                  </td>
                  {parts.map((part) => (
                    <td key={part} data-number>
                      <Count value={it[part].profiles} people={people(it.from, part)} />
                    </td>
                  ))}
                  <td data-number data-small={it.entered < SMALL || it.open.units > 0 || undefined}>
                    {rateWords(it)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Section>
  )
}
