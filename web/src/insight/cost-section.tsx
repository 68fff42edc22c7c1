import { useState } from 'react'
import type { Attribution, AttributionReply, Credit } from '../api/attribution.ts'
import type { CostTotal } from '../api/cost.ts'
import { useModelText } from '../api/use-model-text.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { type CostShow, costRows, costShows, ratio } from './cost.ts'
import funnelStyle from './funnel.module.css'
import { ModelHeads } from './model-heads.tsx'
import { useLineName } from './use-line-name.ts'
import wide from '../ui/wide-table.module.css'

type SectionProps = { readonly attribution: Attribution; readonly numbers: AttributionReply['numbers']; readonly cost: CostTotal }

/** What was paid beside what each model credits it with, so that every line and the whole can be checked. */
export function CostSection({ attribution, numbers, cost }: SectionProps) {
  const text = useText()
  const [show, setShow] = useState<CostShow>('each')
  const hasValue = attribution.value !== null && attribution.value !== undefined
  const shown = hasValue ? show : 'each'
  return (
    <Section
      title={text('cost.returns')}
      note={text('cost.returnsNote')}
      aside={
        hasValue && cost.by != null ? (
          <Segments label={text('attribution.show')} value={shown} segments={costShows.map((value) => ({ value, label: text(`cost.shows.${value}`) }))} onChange={setShow} />
        ) : undefined
      }
    >
      {cost.by == null ? <p className={funnelStyle.hint}>{text('cost.unshared')}</p> : <CostTable attribution={attribution} numbers={numbers} cost={cost} show={shown} />}
      <CostNotes cost={cost} />
    </Section>
  )
}

/** What has to be known to read costs. */
export function CostNotes({ cost }: { readonly cost: CostTotal }) {
  const text = useText()
  const format = useFormat()
  return (
    <p className={funnelStyle.hint}>
      {text('cost.total', { amount: format.money(cost.paid.amount, cost.currency) })}
      {cost.first_day != null && cost.last_day != null && ` ${text('cost.days', { from: format.date(cost.first_day), to: format.date(cost.last_day) })}`} {text('cost.notCause')}
      {cost.is_narrowed && ` ${text('cost.narrowed')}`}
    </p>
  )
}

function CostTable({ attribution, numbers, cost, show }: SectionProps & { readonly show: CostShow }) {
  const text = useText()
  const format = useFormat()
  const nameOf = useLineName(attribution)
  const modelText = useModelText()
  const money = (amount: number) => format.money(amount, cost.currency)
  const rows = costRows(numbers.lines, cost)
  const shownOf = (credit: Credit, paid: number) => {
    const value = show === 'each' ? ratio(paid, credit.conversions) : ratio(credit.value, paid)
    if (value === null) return '–'
    return show === 'each' ? money(value) : format.share(value)
  }
  const head = [text('attribution.line'), text('cost.cost'), text('cost.part.clicks'), ...numbers.models.map((it) => modelText(it))]
  const cells = rows.map(({ label, paid, line }) => [
    line === null && label === 'not_set' ? text('cost.unnamed') : nameOf(label),
    money(paid.amount),
    format.count(paid.clicks),
    ...numbers.models.map((_, index) => {
      const credit = line?.credit[index]
      return credit === undefined ? '–' : shownOf(credit, paid.amount)
    }),
  ])
  const label = text(show === 'each' ? 'cost.eachByModel' : 'cost.returnByModel')
  return (
    <TableTwin label={label} twin={{ head, rows: cells }}>
      <div className={wide.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: label })}>
        <table className={wide.table}>
          <ModelHeads first={head.slice(0, 3)} models={numbers.models} />
          <tbody>
            {cells.map(([name, ...numbersOf], row) => (
              <tr key={JSON.stringify(rows[row]?.label)}>
                <th scope="row">
                  {name}
                  {rows[row]?.line === null && <span className={funnelStyle.hint}> · {text('cost.noTouch')}</span>}
                </th>
                {numbersOf.map((it, index) => (
                  <td key={index} data-number>
                    {it}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{text('attribution.sum')}</th>
              <td data-number>{money(cost.paid.amount)}</td>
              <td data-number>{format.count(cost.paid.clicks)}</td>
              <td colSpan={numbers.models.length} />
            </tr>
          </tfoot>
        </table>
      </div>
    </TableTwin>
  )
}
