import type { NumbersOf, ReturnQuestion } from '../api/retention.ts'
import { StackedBars } from '../chart/stacked-bars.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { pulse } from './retention.ts'
import style from './retention.module.css'
import { usePeriodName } from './use-period-name.ts'

type Question = Extract<ReturnQuestion, { readonly kind: 'lifecycle' }>
type AnswerProps = { readonly question: Question; readonly numbers: NumbersOf<'lifecycle'>; readonly n: number }

const states = ['new', 'returning', 'resurrecting', 'dormant'] as const

/** Who is active above the line, and who just fell silent below it. */
export function LifecycleAnswerView({ question, numbers, n }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const { period = 'day' } = question
  const periodName = usePeriodName(period)
  const of = { report: question }
  const head = useHead()
  return (
    <>
      <Section title={text('retention.lifecycle')} note={text('retention.lifecycleNote')}>
        <LifecycleBars question={question} numbers={numbers} />
        <p className={style.hint}>
          {text('retention.lifecycleAbout', { n: format.count(n) })}{' '}
          {numbers.known_from !== null && numbers.known_from !== undefined && text('retention.newFrom', { day: format.date(format.dayOf(numbers.known_from)) })}
        </p>
      </Section>
      <Section title={text('retention.periods')}>
        <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('retention.periods') })}>
          <table className={style.lines}>
            <thead>
              <tr>
                {head.map((it, index) => (
                  <th key={it} scope="col" data-number={index > 0 || undefined} data-tip={index === head.length - 1 ? text('retention.pulseTip') : undefined}>
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbers.periods.toReversed().map((it) => (
                <tr key={it.from} data-open={it.is_partial || undefined}>
                  <th scope="row">
                    {periodName(it.from)}
                    {it.is_partial && <span className={style.quiet}> {text('retention.running')}</span>}
                  </th>
                  {[...states, 'active' as const].map((state) => (
                    <td key={state} data-number>
                      <Count
                        value={it[state]}
                        people={{
                          of,
                          select: { kind: 'lifecycle', period: it.from, state },
                          title: text('retention.stateIn', { state: text(`retention.states.${state}`), name: periodName(it.from) }),
                        }}
                      />
                    </td>
                  ))}
                  <td data-number>{ratio(it)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </>
  )
}

type Period = NumbersOf<'lifecycle'>['periods'][number]

/** New for each that fell silent; none while a period runs. */
function ratio(it: Period): string {
  const value = pulse(it)
  return value === null || it.is_partial ? '–' : value.toFixed(2)
}

function useHead(): readonly string[] {
  const text = useText()
  return [text('retention.periodName'), ...states.map((it) => text(`retention.states.${it}`)), text('retention.states.active'), text('retention.pulse')]
}

/** One bar for each period: those who are active above the line, those who fell silent below it. */
export function LifecycleBars({ question, numbers, height = 240 }: { readonly question: Question; readonly numbers: NumbersOf<'lifecycle'>; readonly height?: number }) {
  const text = useText()
  const format = useFormat()
  const head = useHead()
  const periodName = usePeriodName(question.period ?? 'day')
  return (
    <TableTwin
      label={text('retention.tableOf', { name: text('retention.lifecycle') })}
      twin={{
        head,
        rows: numbers.periods.map((it) => [periodName(it.from), ...states.map((state) => format.count(it[state])), format.count(it.active), ratio(it)]),
      }}
    >
      <StackedBars
        label={text('retention.lifecycle')}
        series={states.map((state) => ({ name: text(`retention.states.${state}`), color: state, isBelow: state === 'dormant' }))}
        bars={numbers.periods.map((it) => ({ name: periodName(it.from), values: states.map((state) => it[state]), isOpen: it.is_partial }))}
        showValue={format.count}
        showTick={format.compact}
        height={height}
      />
    </TableTwin>
  )
}
