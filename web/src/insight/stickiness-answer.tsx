import type { NumbersOf, ReturnQuestion } from '../api/retention.ts'
import { DayLine } from '../chart/day-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { SMALL } from './funnel.ts'
import { stickyRatio } from './retention.ts'
import style from './retention.module.css'
import { usePeriodName } from './use-period-name.ts'

type Question = Extract<ReturnQuestion, { readonly kind: 'stickiness' }>
type AnswerProps = { readonly question: Question; readonly numbers: NumbersOf<'stickiness'>; readonly n: number }

/** On how many units profiles are active, and what share of them an average unit sees. */
export function StickinessAnswerView({ question, numbers, n }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { period = 'week', unit = 'day' } = question
  const periodName = usePeriodName(period)
  const words = { unit: text(`retention.unitWords.${unit}`), period: text(`retention.unitWords.${period}`) }
  const of = { report: question }
  const all = numbers.at_least[0]?.times ?? 0
  const over = numbers.periods.filter((it) => !it.is_partial)
  const ratios = over.flatMap((it) => {
    const ratio = stickyRatio(it)
    return ratio === null ? [] : [{ day: it.from, value: 100 * ratio }]
  })
  const percent = (value: number) => format.share(value / 100)
  return (
    <>
      {ratios.length > 1 && (
        <Section title={text('retention.ratio', words)} note={text('retention.ratioNote', words)}>
          <DayLine label={text('retention.ratio', words)} days={ratios} showDay={periodName} showValue={percent} showTick={percent} />
        </Section>
      )}
      <Section title={text('retention.distribution', words)} note={text('retention.distributionNote')}>
        {all === 0 ? (
          <p className={style.hint}>{text('retention.noneOver')}</p>
        ) : (
          <StickinessBars question={question} numbers={numbers} />
        )}
        <p className={style.hint}>{text('retention.stickyAbout', { n: format.count(n) })}</p>
      </Section>
      <Section title={text('retention.periods')}>
        <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('retention.periods') })}>
          <table className={style.lines}>
            <thead>
              <tr>
                <th scope="col">{text('retention.periodName')}</th>
                {[text('retention.activeProfiles'), text('retention.unitsIn'), text('retention.perUnit', words), text('retention.ratioShort')].map((it) => (
                  <th key={it} scope="col" data-number>
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbers.periods.toReversed().map((it) => {
                const ratio = stickyRatio(it)
                return (
                  <tr key={it.from} data-open={it.is_partial || undefined}>
                    <th scope="row">
                      {periodName(it.from)}
                      {it.is_partial && <span className={style.quiet}> {text('retention.running')}</span>}
                    </th>
                    <td data-number>
                      <Count
                        value={it.profiles}
                        people={{ of, select: { kind: 'stickiness', period: it.from, units: 1, or_more: true }, title: text('retention.activeIn', { name: periodName(it.from) }) }}
                      />
                    </td>
                    <td data-number>{format.count(it.units)}</td>
                    <td data-number>{it.is_partial ? '–' : format.count(Math.round(it.active_units / it.units))}</td>
                    <td data-number data-small={it.profiles < SMALL || undefined}>
                      {ratio === null || it.is_partial ? '–' : format.share(ratio)}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </Section>
    </>
  )
}

/** How many units each profile was active in, as shares of all that were active. */
export function StickinessBars({ question, numbers }: { readonly question: Question; readonly numbers: NumbersOf<'stickiness'> }) {
  const text = useText()
  const format = useFormat()
  const { period = 'week', unit = 'day' } = question
  const words = { unit: text(`retention.unitWords.${unit}`), period: text(`retention.unitWords.${period}`) }
  const counted = (count: number) => text(`retention.counted.${unit}`, { count })
  const of = { report: question }
  const all = numbers.at_least[0]?.times ?? 0
  const share = (times: number) => (all === 0 ? '–' : format.share(times / all))
  const rows = numbers.exactly.map((exactly, index) => ({ units: index + 1, exactly, atLeast: numbers.at_least[index] ?? exactly }))
  return (
    <TableTwin
      label={text('retention.tableOf', { name: text('retention.distribution', words) })}
      twin={{
        head: [text('retention.countedIn'), text('retention.exactly'), text('retention.share'), text('retention.atLeast'), text('retention.atLeastShare')],
        rows: rows.map((it) => [counted(it.units), format.count(it.exactly.profiles), share(it.exactly.times), format.count(it.atLeast.profiles), share(it.atLeast.times)]),
      }}
    >
      <ol className={`${style.bars} ${style.under} ${style.together}`} aria-label={text('retention.distribution', words)}>
        {rows.map((it) => (
          <li key={it.units} className={style.bar} data-small={all < SMALL || undefined}>
            <span className={style.units}>{counted(it.units)}</span>
            <span className={style.track}>
              <span style={{ width: `${all === 0 ? 0 : (100 * it.exactly.times) / all}%` }} />
            </span>
            <span className={style.value}>{share(it.exactly.times)}</span>
            <Count
              value={it.exactly.profiles}
              people={{ of, select: { kind: 'stickiness', units: it.units }, title: text('retention.exactlyTitle', { shown: counted(it.units) }) }}
            />
            <span className={style.quiet}>
              {text('retention.orMore')}{' '}
              <Count
                value={it.atLeast.profiles}
                people={{ of, select: { kind: 'stickiness', units: it.units, or_more: true }, title: text('retention.atLeastTitle', { shown: counted(it.units) }) }}
              />
            </span>
          </li>
        ))}
      </ol>
    </TableTwin>
  )
}
