import type { Attribution, AttributionReply, Credit, CreditLine, CreditModel } from '../api/attribution.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ChannelBadge } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'
import { useModelText } from '../api/use-model-text.ts'
import { barShare, largestShare, type Show, shows, wholeShare } from './attribution.ts'
import { CostSection } from './cost-section.tsx'
import { ModelHeads } from './model-heads.tsx'
import { PassesFigure } from './passes-figure.tsx'
import style from './attribution.module.css'
import funnelStyle from './funnel.module.css'
import { channelOf, useLineName } from './use-line-name.ts'
import wide from '../ui/wide-table.module.css'

type AnswerProps = {
  readonly attribution: Attribution
  readonly reply: AttributionReply
  readonly show: Show
  readonly setShow: (show: Show) => void
}

/** The figures, a warning, and every line under every model. */
export function AttributionAnswerView({ attribution, reply, show, setShow }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { numbers, left_out } = reply
  const hasValue = attribution.value !== null && attribution.value !== undefined
  const shown = show === 'value' && !hasValue ? 'conversions' : show
  const of = { report: { kind: 'attribution' as const, ...attribution } }
  const people = (part: 'converted' | 'untouched' | 'unconverted') => ({ of, select: { kind: 'attribution', of: part }, title: text(`attribution.${part}`) })
  const modelText = useModelText()
  const count = (value: number) => format.count(value)
  return (
    <>
      <dl className={funnelStyle.figures}>
        <PassesFigure title={text('attribution.conversions')} passes={numbers.total.passes} people={people('converted')} />
        {hasValue && (
          <div>
            <dt>{text('attribution.worth')}</dt>
            <dd>
              <strong>{format.amount(numbers.total.value)}</strong>
            </dd>
          </div>
        )}
        <PassesFigure title={text('attribution.untouched')} passes={numbers.untouched.passes} people={people('untouched')} />
        <PassesFigure title={text('attribution.unconverted')} passes={numbers.unconverted} people={people('unconverted')} />
      </dl>
      <p className={style.warning} role="note">
        <b>{text('attribution.notCause')}</b> {text('attribution.notCauseNote')}
      </p>
      <Section
        title={text('attribution.credit')}
        note={text('attribution.creditNote')}
        aside={
          <Segments
            label={text('attribution.show')}
            value={shown}
            segments={shows.filter((it) => hasValue || it !== 'value').map((value) => ({ value, label: text(`attribution.shows.${value}`) }))}
            onChange={setShow}
          />
        }
      >
        <CreditTable attribution={attribution} numbers={numbers} show={shown} />
      </Section>
      {numbers.cost != null && <CostSection attribution={attribution} numbers={numbers} cost={numbers.cost} />}
      <p className={funnelStyle.hint}>
        {text('attribution.peopleNote')}
        {left_out.immature > 0 && ` ${text('attribution.open', { count: left_out.immature, shown: count(left_out.immature) })}`}
        {hasValue && numbers.unvalued > 0 && ` ${text('attribution.unvalued', { count: numbers.unvalued, shown: count(numbers.unvalued) })}`}
        {numbers.cut > 0 && ` ${text('attribution.cut', { count: numbers.cut, shown: count(numbers.cut) })}`}
        {left_out.capped > 0 && ` ${text('attribution.capped', { count: left_out.capped, shown: count(left_out.capped) })}`}
        {numbers.skipped.length > 0 && ` ${text('attribution.skipped', { names: numbers.skipped.map((it) => modelText(it)).join(text('list.and')) })}`}
      </p>
    </>
  )
}

type TableProps = { readonly attribution: Attribution; readonly numbers: AttributionReply['numbers']; readonly show: Show }

/** Every line under every model. */
export function CreditTable({ attribution, numbers, show }: TableProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useLineName(attribution)
  const modelText = useModelText()
  const of = { report: { kind: 'attribution' as const, ...attribution } }
  const amount = (credit: Credit) => (show === 'share' ? format.share(wholeShare(credit.share)) : format.amount(credit[show]))
  const head = [text('attribution.line'), text('attribution.reached'), text('attribution.onPath'), text('attribution.assisted'), ...numbers.models.map((it) => modelText(it))]
  const count = (value: number) => format.count(value)
  return (
    <TableTwin
      label={text('attribution.byModel')}
      twin={{
        head,
        rows: numbers.lines.map((line) => [
          nameOf(line.label),
          count(line.touches.profiles),
          count(line.on_path.profiles),
          count(line.assisted.profiles),
          ...line.credit.map(amount),
        ]),
      }}
    >
      <div className={wide.scroll} tabIndex={0} role="region" aria-label={text('attribution.byModel')}>
        <table className={wide.table}>
          <ModelHeads first={head.slice(0, 4)} models={numbers.models} />
          <tbody>
            {numbers.lines.map((line) => (
              <Line key={JSON.stringify(line.label)} line={line} of={of} name={nameOf(line.label)} attribution={attribution} largest={largestShare(numbers.lines)} amount={amount} models={numbers.models} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{text('attribution.sum')}</th>
              <td colSpan={3} />
              {numbers.sums.map((sum, index) => (
                <td key={index} data-number>
                  {amount(sum)}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </TableTwin>
  )
}

type LineProps = {
  readonly line: CreditLine
  readonly of: { readonly report: { readonly kind: 'attribution' } & Attribution }
  readonly name: string
  readonly attribution: Attribution
  readonly largest: number
  readonly amount: (credit: Credit) => string
  readonly models: readonly CreditModel[]
}

function Line({ line, of, name, attribution, largest, amount, models }: LineProps) {
  const text = useText()
  const format = useFormat()
  const select = (part: unknown) => ({ kind: 'attribution', of: part })
  const channel = channelOf(attribution, line.label)
  return (
    <tr>
      <th scope="row">{channel === undefined ? name : <ChannelBadge channel={channel} />}</th>
      <td data-number>
        <Count value={line.touches.profiles} people={{ of, select: select({ reached: line.label }), title: `${name} · ${text('attribution.reached')}` }} />
      </td>
      <td data-number>
        <Count value={line.on_path.profiles} people={{ of, select: select({ on_path: line.label }), title: `${name} · ${text('attribution.onPath')}` }} />
      </td>
      <td data-number>
        <Count value={line.assisted.profiles} people={{ of, select: select({ assisted: line.label }), title: `${name} · ${text('attribution.assisted')}` }} />
      </td>
      {line.credit.map((credit, index) => {
        const effect = credit.effect ?? undefined
        return (
          <td key={JSON.stringify(models[index])} data-number {...(effect === undefined ? {} : { 'data-tip': text('attribution.effect', { share: format.share(effect) }) })}>
            {amount(credit)}
            <Meter share={barShare(credit, largest)} />
          </td>
        )
      })}
    </tr>
  )
}
