import type { Returns } from '../api/retention.ts'
import { DayLine } from '../chart/day-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { useUnits } from '../report/use-units.ts'
import { Section } from '../ui/page.tsx'
import { cellLook, columnName, curvePoints, knownCohorts } from './retention.ts'
import { HeatHead, HeatRow, type RetentionNumbers, type RetentionQuestion } from './retention-heat.tsx'
import { RetentionLines } from './retention-lines.tsx'
import style from './retention.module.css'
import { usePeriodName } from './use-period-name.ts'

type AnswerProps = { readonly question: RetentionQuestion; readonly numbers: RetentionNumbers; readonly n: number }

/** The curve, the triangle it is the weighted sum of, and the lines of the breakdown. */
export function RetentionAnswerView({ question, numbers, n }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const periodName = usePeriodName(question.period ?? 'day')
  const cohorts = knownCohorts(numbers.cohorts, numbers.known_from)
  const unit = text(`retention.units.${question.period ?? 'day'}`)
  const columnTitle = (index: number) => {
    const column = numbers.columns[index]
    return column === undefined ? '' : text('retention.column', { unit, periods: columnName(column) })
  }
  const shown = (cell: Returns | undefined, isCohort: boolean) => {
    const look = cell === undefined ? null : cellLook(cell)
    if (look === null || look.share === null) return '–'
    return look.basis === 'open' || (isCohort && look.isOpen) ? text('retention.soFar', { share: format.share(look.share) }) : format.share(look.share)
  }
  const row = (name: string, size: number, cells: readonly Returns[], isCohort: boolean) => [
    name,
    format.count(size),
    ...numbers.columns.map((_, index) => shown(cells[index], isCohort)),
  ]
  const units = useUnits(question)
  return (
    <>
      {numbers.columns.length > 1 && (
        <Section title={text('retention.curve')} note={text('retention.curveNote')}>
          <RetentionCurve numbers={numbers} />
        </Section>
      )}
      <Section title={text('retention.triangle')}>
        <TableTwin
          label={text('retention.tableOf', { name: text('retention.triangle') })}
          twin={{
            head: [text('retention.cohortName'), units.heading, ...numbers.columns.map((_, index) => columnTitle(index))],
            rows: [
              row(text('retention.total'), numbers.total.profiles, numbers.total.cells, false),
              ...cohorts.map((it) => row(periodName(it.from), it.profiles, it.cells, true)),
            ],
          }}
        >
          <RetentionHeat question={question} numbers={numbers} />
        </TableTwin>
        <ul className={style.legend}>
          <li>
            <span className={style.swatch} data-open />
            {text('retention.openNote')}
          </li>
          <li>
            <span className={style.swatch} data-small />
            {text('retention.smallNote')}
          </li>
        </ul>
        <p className={style.hint}>
          {units.started(n)} {text(question.cohorts === 'each_period' ? 'retention.manyStarts' : 'retention.oneStart')}{' '}
          {numbers.known_from !== null && numbers.known_from !== undefined && text('retention.knownFrom', { day: format.date(format.dayOf(numbers.known_from)) })}
        </p>
      </Section>
      {numbers.lines.length > 0 && <RetentionLines question={question} numbers={numbers} titles={columnTitle} />}
    </>
  )
}

/** The share that is back in each period after the start. */
export function RetentionCurve({ numbers, height = 170 }: { readonly numbers: RetentionNumbers; readonly height?: number }) {
  const text = useText()
  const format = useFormat()
  const percent = (value: number) => format.share(value / 100)
  const points = curvePoints(numbers.columns, numbers.total.cells)
  return <DayLine label={text('retention.curve')} days={points} height={height} showDay={(it) => it} showValue={percent} showTick={percent} />
}

/** The triangle of cohorts by periods after their start. */
export function RetentionHeat({ question, numbers }: { readonly question: RetentionQuestion; readonly numbers: RetentionNumbers }) {
  const text = useText()
  const periodName = usePeriodName(question.period ?? 'day')
  const cohorts = knownCohorts(numbers.cohorts, numbers.known_from)
  const unit = text(`retention.units.${question.period ?? 'day'}`)
  const columnTitle = (index: number) => {
    const column = numbers.columns[index]
    return column === undefined ? '' : text('retention.column', { unit, periods: columnName(column) })
  }
  return (
    <div className={`${style.scroll} ${style.under}`} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('retention.triangle') })}>
      <table className={style.heat}>
        <HeatHead question={question} numbers={numbers} unit={unit} first={text('retention.cohortName')} />
        <tbody>
          <HeatRow name={text('retention.total')} line={numbers.total} question={question} titles={columnTitle} look="total" />
          {cohorts.map((cohort) => (
            <HeatRow key={cohort.from} name={periodName(cohort.from)} cohort={cohort} question={question} titles={columnTitle} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
