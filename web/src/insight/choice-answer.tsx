import type { Choice, ChoiceFactor, ChoiceReply, ChoiceSelect } from '../api/choice.ts'
import type { Label } from '../api/funnel.ts'
import { TableTwin } from '../chart/table-twin.tsx'
import { fieldValue } from '../i18n/candidate-name.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Empty } from '../ui/look.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { oddsReach } from './choice.ts'
import { ChoiceQuality } from './choice-quality.tsx'
import style from './choice.module.css'
import funnelStyle from './funnel.module.css'
import { useLabelText } from './use-label-text.ts'

type Numbers = ChoiceReply['numbers']
type AnswerProps = { readonly choice: Choice; readonly reply: ChoiceReply }

/** Names the people behind a number of a choice. */
function usePeopleOf(choice: Choice) {
  const of = { report: { kind: 'choice' as const, ...choice } }
  return (title: string, select: ChoiceSelect) => ({ of, title, select: { kind: 'choice', of: select } })
}

/** Which way people choose, what it hangs on, and how much of it is explained. */
export function ChoiceAnswerView({ choice, reply }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(choice)
  const wayName = useLabelText(choice.by ?? 'channel')
  const factorName = useFactorName()
  const plainName = useLabelText('')
  const { numbers, left_out } = reply
  const { model, ways, chosen, apart } = numbers
  return (
    <>
      <ChoiceFigures choice={choice} numbers={numbers} />
      {model == null ? (
        <Empty title={text('choice.noModel')}>{text(chosen.whole === 0 ? 'choice.nobody' : numbers.cases >= numbers.needed ? 'choice.nothingLeft' : 'choice.tooFew', { cases: format.count(numbers.cases), needed: format.count(numbers.needed) })}</Empty>
      ) : (
        <Section title={text('choice.factors', { way: wayName(numbers.explained) })} note={text('choice.factorsNote')}>
          <ChoiceFactors choice={choice} numbers={numbers} />
        </Section>
      )}
      {apart.length > 0 && (
        <Section title={text('choice.apart')} note={text('choice.apartNote')}>
          <ul className={style.lines}>
            {apart.map((it) => {
              const name = factorName(it)
              return (
                <li key={JSON.stringify([it.from, it.label])}>
                  <span className={style.of}>{name}</span>
                  <span className={style.why}>
                    {text(`choice.why.${it.why}`)}
                    {it.joins != null && ` ${text('choice.joins', { reference: plainName(it.joins) })}`}
                  </span>
                  <Count value={it.with.whole} people={people(name, { of: { from: it.from, label: it.label, part: 'with' } })} />
                </li>
              )
            })}
          </ul>
        </Section>
      )}
      {model != null && <ChoiceQuality model={model} />}
      <Section title={text('choice.ways')}>
        <ul className={`${style.lines} ${style.ways}`}>
          {ways.map((it) => (
            <li key={JSON.stringify(it.label)}>
              <span className={style.of}>{wayName(it.label)}</span>
              <Meter share={it.profiles / Math.max(1, chosen.whole)} />
              <Count value={it.profiles} people={people(wayName(it.label), { chose: it.label })} />
            </li>
          ))}
        </ul>
      </Section>
      <p className={funnelStyle.hint}>
        <b>{text('drivers.notCause')}</b> {text('choice.method')}
        {left_out.capped > 0 && ` ${text('choice.capped', { count: left_out.capped, shown: format.count(left_out.capped) })}`}
      </p>
    </>
  )
}

export function ChoiceFigures({ choice, numbers }: { readonly choice: Choice; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(choice)
  const wayName = useLabelText(choice.by ?? 'channel')
  const { chosen, model, explained } = numbers
  return (
    <dl className={funnelStyle.figures}>
      <div>
        <dt>{text('choice.chose', { way: wayName(explained) })}</dt>
        <dd data-small={chosen.whole < 30 ? true : undefined}>
          <strong>{chosen.whole === 0 ? '–' : format.share(chosen.part / chosen.whole)}</strong>
          {chosen.interval != null && <Interval low={chosen.interval.low} high={chosen.interval.high} shown={format.share} />}
          <Count value={chosen.part} people={people(text('choice.chose', { way: wayName(explained) }), explained === 'not_set' ? 'all' : { chose: explained })} />
        </dd>
      </div>
      <div>
        <dt>{text('choice.choosers')}</dt>
        <dd>
          <strong>
            <Count value={chosen.whole} people={people(text('choice.choosers'), 'all')} />
          </strong>
        </dd>
      </div>
      {model?.scores != null && (
        <div>
          <dt>{text('choice.auc')}</dt>
          <dd>
            <strong>{format.share(model.scores.auc)}</strong>
            <span>{text('choice.aucNote')}</span>
          </dd>
        </div>
      )}
    </dl>
  )
}

/** What people call a factor. */
function useFactorName(): (factor: { readonly from: ChoiceFactor['from']; readonly label: Label }) => string {
  const text = useText()
  const channelName = useLabelText('channel')
  const plainName = useLabelText('')
  return ({ from, label }) => {
    if ('before' in from) return from.before
    const field = 'trait' in from ? from.trait : from.field
    return fieldValue(field, field === 'channel' ? channelName(label) : plainName(label), text)
  }
}

/** Each factor with its odds, all others held equal. */
export function ChoiceFactors({ choice, numbers }: { readonly choice: Choice; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const people = usePeopleOf(choice)
  const factorName = useFactorName()
  const plainName = useLabelText('')
  const factors = numbers.model?.factors ?? []
  const reach = oddsReach(factors)
  const at = (odds: number) => `${50 + (50 * Math.max(-reach, Math.min(reach, Math.log(odds)))) / reach}%`
  const between = (low: number, high: number) => ({ insetInlineStart: at(low), insetInlineEnd: `calc(100% - ${at(high)})` })
  const rate = (value: number) => (value < 0.001 ? `< ${format.share(0.001)}` : format.share(value))
  const share = ({ part, whole }: ChoiceFactor['with']) => (whole === 0 ? '–' : format.share(part / whole))
  const label = text('choice.factorsLabel')
  const head = (['factor', 'reference', 'odds', 'low', 'high', 'falseRate', 'with', 'withShare', 'without', 'withoutShare'] as const).map((it) => text(`choice.heads.${it}`))
  const rows = factors.map((it) => [
    factorName(it),
    it.reference == null ? '–' : plainName(it.reference),
    format.amount(it.odds),
    format.amount(it.interval.low),
    format.amount(it.interval.high),
    rate(it.false_rate),
    format.count(it.with.whole),
    share(it.with),
    format.count(it.without.whole),
    share(it.without),
  ])
  return (
    <TableTwin label={label} twin={{ head, rows }}>
      <ol className={style.factors} aria-label={label}>
        {factors.map((it) => {
          const name = factorName(it)
          const of = (part: 'with' | 'without') => people(text(`choice.parts.${part}`, { name }), { of: { from: it.from, label: it.label, part } })
          return (
            <li key={JSON.stringify([it.from, it.label])} className={style.factor} data-found={it.is_found ? true : undefined}>
              <div className={style.name}>
                <b>{name}</b>
                {it.reference != null && <span>{text('choice.against', { reference: plainName(it.reference) })}</span>}
              </div>
              <div className={style.bar} aria-hidden="true">
                <i className={style.one} />
                <span className={style.size} style={it.odds >= 1 ? between(1, it.odds) : between(it.odds, 1)} />
                <span className={style.range} style={between(it.interval.low, it.interval.high)} />
              </div>
              <div className={style.odds}>
                <b>{text('contrast.odds', { times: format.amount(it.odds) })}</b>
                <Interval low={it.interval.low} high={it.interval.high} shown={format.amount} />
              </div>
              <p className={style.words}>
                <span>{text(it.is_found ? (it.odds > 1 ? 'choice.more' : 'choice.less') : 'choice.unsure')}</span>
                <span>
                  {text('choice.withIt', { share: share(it.with) })} <Count value={it.with.whole} people={of('with')} />
                </span>
                <span>
                  {text('choice.withoutIt', { share: share(it.without) })} <Count value={it.without.whole} people={of('without')} />
                </span>
                <span>{text('contrast.falseRate', { share: rate(it.false_rate) })}</span>
              </p>
            </li>
          )
        })}
      </ol>
    </TableTwin>
  )
}
