import type { Lift, LiftAnswer, LiftLine } from '../api/lift.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count, Interval } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import funnelStyle from './funnel.module.css'
import { armKey, type EffectRow, effectRows, isUnsure, profilesOf, stripOf } from './lift.ts'
import style from './lift.module.css'
import { LiftReturns } from './lift-returns.tsx'
import { useArmName } from './use-arm-name.ts'
import { WideTable } from '../ui/wide-table.tsx'

type AnswerProps = { readonly lift: Lift; readonly numbers: LiftAnswer }

/** What can be believed, the arms, what they have more, and whether it pays. */
export function LiftAnswerView({ lift, numbers }: AnswerProps) {
  const text = useText()
  const hasReturn = numbers.arms.some((it) => it.effect?.returned != null)
  return (
    <>
      <LiftStanding lift={lift} numbers={numbers} />
      <Section title={text('lift.effect')} note={text(lift.random === true ? 'lift.effectNote' : 'lift.differenceNote')}>
        <LiftEffects lift={lift} numbers={numbers} />
      </Section>
      {hasReturn && (
        <Section title={text('lift.returns')} note={text('lift.returnsNote')}>
          <LiftReturns numbers={numbers} />
        </Section>
      )}
      <Section title={text('lift.groups')} note={text('lift.groupsNote')}>
        <ArmsTable lift={lift} numbers={numbers} />
      </Section>
      <Notes lift={lift} numbers={numbers} />
    </>
  )
}

/** Whether the difference is an effect: loud where the split is not the one that was planned. */
function LiftStanding({ lift, numbers }: AnswerProps) {
  const text = useText()
  const { split } = numbers
  if (lift.random !== true) {
    return (
      <p className={style.standing} data-look="observed">
        <b>{text('lift.observed')}</b> {text('lift.observedNote')}
      </p>
    )
  }
  if (split == null) return <p className={style.standing}>{text('lift.splitSmall')}</p>
  const p = split.p < 0.0001 ? '<0.0001' : split.p.toFixed(4)
  if (!split.is_off) return <p className={style.standing}>{text('lift.splitSound', { p })}</p>
  return (
    <p className={style.standing} data-look="off" role="alert">
      <b>{text('lift.splitOff')}</b> {text('lift.splitOffNote', { p })}
    </p>
  )
}

/** Each measure of each arm against the control, drawn on one scale for each measure. */
export function LiftEffects({ lift, numbers }: AnswerProps) {
  const text = useText()
  const rows = effectRows(numbers.arms)
  if (rows.length === 0) return <p className={funnelStyle.quiet}>{text('lift.noEffect')}</p>
  return (
    <WideTable name={text('lift.effect')} className={style.table} first={text('lift.measure')} heads={[text('lift.control'), text('lift.arm'), text('lift.difference'), text('lift.relative'), text('lift.extra')]}>
      {rows.map((row) => (
        <EffectLine key={`${row.measure} ${armKey(row.line.arm)}`} lift={lift} row={row} rows={rows} control={numbers.arms[0]} />
      ))}
    </WideTable>
  )
}

type LineProps = { readonly lift: Lift; readonly row: EffectRow; readonly rows: readonly EffectRow[]; readonly control: LiftLine | undefined }

function EffectLine({ lift, row, rows, control }: LineProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useArmName()
  const { it, line, measure } = row
  const isShare = measure === 'reached'
  const signed = (amount: number) => `${amount > 0 ? '+' : ''}${format.amount(amount)}`
  const shown = isShare ? format.points : signed
  const extra = isShare ? (amount: number) => `${amount > 0 ? '+' : ''}${format.count(Math.round(amount))}` : signed
  const strip = stripOf(row, rows)
  return (
    <tr data-unsure={isUnsure(row) || undefined}>
      <th scope="row">
        {text(`lift.measures.${measure}`)}
        <span className={style.under}>
          {nameOf(line.arm)} · {text(row.isSmall ? 'lift.small' : isUnsure(row) ? 'lift.unsure' : 'lift.sure')}
        </span>
      </th>
      <td data-number>{control === undefined ? '–' : <Level lift={lift} line={control} measure={measure} />}</td>
      <td data-number>
        <Level lift={lift} line={line} measure={measure} />
      </td>
      <td data-number>
        {shown(it.difference)}
        {it.interval != null && (
          <span className={style.under}>
            <Interval low={it.interval.low} high={it.interval.high} shown={shown} />
          </span>
        )}
        {it.capped?.interval != null && (
          <span className={style.under} data-tip={text('lift.cappedNote')}>
            {text('lift.capped')} {text('number.between', { low: shown(it.capped.interval.low), high: shown(it.capped.interval.high) })}
          </span>
        )}
        <span className={style.strip} aria-hidden="true">
          <span className={style.reach} style={{ left: `${strip.from}%`, width: `${Math.max(0.6, strip.to - strip.from)}%` }} />
          <span className={style.dot} style={{ left: `${strip.at}%` }} />
        </span>
      </td>
      <td data-number>
        {it.relative == null ? '–' : format.change(it.relative)}
        {it.relative_interval != null && (
          <span className={style.under}>
            <Interval low={it.relative_interval.low} high={it.relative_interval.high} shown={format.change} />
          </span>
        )}
      </td>
      <td data-number>
        {extra(it.extra)}
        {it.extra_interval != null && (
          <span className={style.under}>
            <Interval low={it.extra_interval.low} high={it.extra_interval.high} shown={extra} />
          </span>
        )}
      </td>
    </tr>
  )
}

/** What an arm has of a measure, with the people where there are some behind it. */
function Level({ lift, line, measure }: { readonly lift: Lift; readonly line: LiftLine; readonly measure: EffectRow['measure'] }) {
  const text = useText()
  const format = useFormat()
  const name = useArmName()(line.arm)
  const people = profilesOf(lift)
  if (measure !== 'reached') {
    const mean = line[measure]?.mean
    return <>{mean == null ? '–' : format.amount(mean)}</>
  }
  const { part, whole } = line.reached
  return (
    <>
      {whole === 0 ? '–' : format.share(part / whole)}
      <span className={style.under}>
        <Count value={part} people={people(`${name} · ${text('lift.reached')}`, { arm: line.arm, part: 'reached' })} />
        {' / '}
        <Count value={whole} people={people(`${name} · ${text('lift.mature')}`, { arm: line.arm, part: 'mature' })} />
      </span>
    </>
  )
}

/** Who is in which arm. */
function ArmsTable({ lift, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const nameOf = useArmName()
  const people = profilesOf(lift)
  const hasPlan = numbers.arms.some((it) => it.expected != null)
  const hasContacts = numbers.arms.some((it) => it.contacts != null)
  const hasCost = numbers.arms.some((it) => it.cost != null)
  const heads = [
    text('lift.all'),
    ...(hasPlan ? [text('lift.expected')] : []),
    text('lift.mature'),
    text('lift.immature'),
    text('lift.reached'),
    text('lift.missed'),
    ...(hasContacts ? [text('lift.contacts')] : []),
    ...(hasCost ? [text('cost.cost')] : []),
  ]
  return (
    <WideTable name={text('lift.groups')} first={text('lift.arm')} heads={heads}>
      {numbers.arms.map((line, index) => {
        const name = nameOf(line.arm)
        const of = (key: 'all' | 'mature' | 'immature' | 'reached' | 'missed', part: NonNullable<Parameters<typeof people>[1]['part']>) => people(`${name} · ${text(`lift.${key}`)}`, { arm: line.arm, part })
        return (
          <tr key={armKey(line.arm)}>
            <th scope="row">
              {name}
              {index === 0 && typeof line.arm !== 'string' && <span className={funnelStyle.quiet}> · {text('lift.control')}</span>}
            </th>
            <td data-number>
              <Count value={line.assigned} people={of('all', 'assigned')} />
            </td>
            {hasPlan && <td data-number>{line.expected == null ? '–' : format.amount(line.expected)}</td>}
            <td data-number>
              <Count value={line.reached.whole} people={of('mature', 'mature')} />
            </td>
            <td data-number>
              <Count value={line.immature} people={of('immature', 'immature')} />
            </td>
            <td data-number>
              <Count value={line.reached.part} people={of('reached', 'reached')} />
            </td>
            <td data-number>
              <Count value={line.reached.whole - line.reached.part} people={of('missed', 'missed')} />
            </td>
            {hasContacts && <td data-number>{line.contacts == null ? '–' : format.count(line.contacts)}</td>}
            {hasCost && <td data-number>{line.cost == null ? '–' : format.amount(line.cost)}</td>}
          </tr>
        )
      })}
    </WideTable>
  )
}

/** What has to be known to read the numbers. */
function Notes({ lift, numbers }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const people = profilesOf(lift)
  return (
    <p className={funnelStyle.hint}>
      {numbers.switched > 0 && (
        <>
          {text('lift.switched')} <Count value={numbers.switched} people={people(text('lift.switched'), { part: 'switched' })} />
          {'. '}
        </>
      )}
      {numbers.others > 0 && (
        <>
          {text('lift.others')} <Count value={numbers.others} people={people(text('lift.others'), { part: 'others' })} />
          {'. '}
        </>
      )}
      {numbers.cap != null && `${text('lift.capAbout', { cap: format.amount(numbers.cap) })} `}
      {numbers.unvalued > 0 && `${text('lift.unvalued', { count: format.count(numbers.unvalued) })} `}
      {numbers.arms.length > 2 && `${text('lift.manyArms')} `}
      {text('lift.method', { until: format.moment(numbers.followed_to) })}
    </p>
  )
}
