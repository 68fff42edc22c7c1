import type { Rfm, RfmAnswer } from '../api/rfm.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { shareOf } from '../lib/share.ts'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import funnelStyle from './funnel.module.css'
import { RfmGrid } from './rfm-grid.tsx'
import style from './rfm.module.css'
import { customersOf } from './rfm.ts'
import { WideTable } from '../ui/wide-table.tsx'

type AnswerProps = { readonly rfm: Rfm; readonly numbers: RfmAnswer }

/** The figures, the ten groups, the grid that they are of, and who brings the money. */
export function RfmAnswerView({ rfm, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = customersOf(rfm)
  const { total } = numbers
  const hasWorth = numbers.money.length > 0
  return (
    <>
      <dl className={funnelStyle.figures}>
        <div>
          <dt>{text('rfm.customers')}</dt>
          <dd>
            <strong>
              <Count value={total.profiles} people={people(text('rfm.customers'), {})} />
            </strong>
          </dd>
        </div>
        <div>
          <dt>{text('rfm.purchases')}</dt>
          <dd>
            <strong>{format.count(total.purchases)}</strong>
          </dd>
        </div>
        {hasWorth && (
          <>
            <div>
              <dt>{text('rfm.worth')}</dt>
              <dd>
                <strong>{format.amount(total.value)}</strong>
              </dd>
            </div>
            <div>
              <dt>{text('rfm.worthEach')}</dt>
              <dd>
                <strong>{format.amount(total.value / total.profiles)}</strong>
              </dd>
            </div>
          </>
        )}
      </dl>
      <Section title={text('rfm.groups')} note={text('rfm.groupsNote')}>
        <RfmGroups rfm={rfm} numbers={numbers} />
      </Section>
      <Section title={text('rfm.grid')} note={text('rfm.gridNote')}>
        <RfmGrid rfm={rfm} numbers={numbers} />
      </Section>
      {hasWorth && (
        <Section title={text('rfm.money')} note={text('rfm.moneyNote')}>
          <Money rfm={rfm} numbers={numbers} />
        </Section>
      )}
      <p className={funnelStyle.hint}>
        {text('rfm.about', { until: format.moment(numbers.until) })}
        {hasWorth && numbers.unvalued > 0 && ` ${text('rfm.unvalued', { count: numbers.unvalued, shown: format.count(numbers.unvalued) })}`}
      </p>
    </>
  )
}

/** Every group on a line; whoever is in it opens. */
export function RfmGroups({ rfm, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = customersOf(rfm)
  const { total } = numbers
  const hasWorth = numbers.money.length > 0
  const most = Math.max(1, ...numbers.groups.map((it) => it.profiles))
  return (
    <WideTable name={text('rfm.groups')} className={style.table} first={text('rfm.group')} heads={[text('rfm.customers'), text('rfm.share'), text('rfm.purchasesEach'), ...(hasWorth ? [text('rfm.worth'), text('rfm.worthShare')] : []), text('rfm.lastPurchase')]}>
      {numbers.groups.map((line) => {
        const name = text(`rfm.names.${line.group}`)
        return (
          <tr key={line.group}>
            <th scope="row">
              {name}
              <span className={style.under}>{text(`rfm.means.${line.group}`)}</span>
            </th>
            <td data-number>
              <Count value={line.profiles} people={people(name, { group: line.group })} />
              <Meter share={line.profiles / most} />
            </td>
            <td data-number>{format.shareIfAny(shareOf(line.profiles, total.profiles))}</td>
            <td data-number>{line.profiles === 0 ? '–' : format.amount(line.purchases / line.profiles)}</td>
            {hasWorth && (
              <>
                <td data-number>{format.amount(line.value)}</td>
                <td data-number>{format.shareIfAny(shareOf(line.value, total.value))}</td>
              </>
            )}
            <td data-number>{line.median_ms == null ? '–' : format.span(line.median_ms)}</td>
          </tr>
        )
      })}
    </WideTable>
  )
}

/** Fifths of customers by what they brought, the most first. */
function Money({ rfm, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = customersOf(rfm)
  const { total } = numbers
  return (
    <WideTable name={text('rfm.money')} className={style.table} first={text('rfm.score')} heads={[text('rfm.from'), text('rfm.to'), text('rfm.customers'), text('rfm.worth'), text('rfm.worthShare')]}>
      {numbers.money.toReversed().map((line) => {
        const share = shareOf(line.value, total.value)
        const name = text('rfm.moneyScore', { score: line.score })
        return (
          <tr key={line.score}>
            <th scope="row">{name}</th>
            <td data-number>{format.amount(line.least)}</td>
            <td data-number>{format.amount(line.most)}</td>
            <td data-number>
              <Count value={line.profiles} people={people(name, { money: line.score })} />
            </td>
            <td data-number>{format.amount(line.value)}</td>
            <td data-number>
              {format.shareIfAny(share)}
              <Meter share={share ?? 0} />
            </td>
          </tr>
        )
      })}
    </WideTable>
  )
}
