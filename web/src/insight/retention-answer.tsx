import type { Label } from '../api/funnel.ts'
import type { Cohort, NumbersOf, RetentionLine, ReturnQuestion, Returns } from '../api/retention.ts'
import { DayLine } from '../chart/day-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { labelText } from './funnel.ts'
import { cellLook, columnName, curvePoints } from './retention.ts'
import style from './retention.module.css'
import { usePeriodName } from './use-period-name.ts'

type Question = Extract<ReturnQuestion, { readonly kind: 'retention' }>
type AnswerProps = { readonly question: Question; readonly numbers: NumbersOf<'retention'>; readonly n: number }

/** The curve, the triangle it is the weighted sum of, and the lines of the breakdown. */
export function RetentionAnswerView({ question, numbers, n }: AnswerProps) {
  const text = useText()
  const format = useFormat()
  const periodName = usePeriodName(question.period ?? 'day')
  const points = curvePoints(numbers.columns, numbers.total.cells)
  const unit = text(`retention.units.${question.period ?? 'day'}`)
  const percent = (value: number) => format.share(value / 100)
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
  return (
    <>
      {points.length > 1 && (
        <Section title={text('retention.curve')} note={text('retention.curveNote')}>
          <DayLine label={text('retention.curve')} days={points} showDay={(it) => it} showValue={percent} showTick={percent} />
        </Section>
      )}
      <Section title={text('retention.triangle')}>
        <TableTwin
          label={text('retention.tableOf', { name: text('retention.triangle') })}
          twin={{
            head: [text('retention.cohortName'), text('retention.size'), ...numbers.columns.map((_, index) => columnTitle(index))],
            rows: [
              row(text('retention.total'), numbers.total.profiles, numbers.total.cells, false),
              ...numbers.cohorts.map((it) => row(periodName(it.from), it.profiles, it.cells, true)),
            ],
          }}
        >
          <div className={`${style.scroll} ${style.under}`} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: text('retention.triangle') })}>
            <table className={style.heat}>
              <Head numbers={numbers} unit={unit} first={text('retention.cohortName')} />
              <tbody>
                <Row name={text('retention.total')} line={numbers.total} question={question} titles={columnTitle} isTotal />
                {numbers.cohorts.map((cohort) => (
                  <Row key={cohort.from} name={periodName(cohort.from)} cohort={cohort} question={question} titles={columnTitle} />
                ))}
              </tbody>
            </table>
          </div>
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
          {text('retention.about', { n: format.count(n) })} {text(question.cohorts === 'each_period' ? 'retention.manyStarts' : 'retention.oneStart')}{' '}
          {numbers.known_from !== null && numbers.known_from !== undefined && text('retention.knownFrom', { day: format.date(format.dayOf(numbers.known_from)) })}
        </p>
      </Section>
      {numbers.lines.length > 0 && (
        <Section title={text('funnel.by', { field: question.breakdown ?? '' })}>
          <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name: question.breakdown ?? '' })}>
            <table className={style.heat}>
              <Head numbers={numbers} unit={unit} first={question.breakdown ?? ''} />
              <tbody>
                {numbers.lines.map((line) => (
                  <Row key={JSON.stringify(line.label)} name={lineName(text, line.label)} line={line} question={question} titles={columnTitle} />
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
    </>
  )
}

function lineName(text: ReturnType<typeof useText>, label: Label | null | undefined): string {
  if (label === null || label === undefined) return ''
  return labelText(label) ?? text(`funnel.label.${label === 'rest' ? 'rest' : 'not_set'}`)
}

function Head({ numbers, unit, first }: { readonly numbers: NumbersOf<'retention'>; readonly unit: string; readonly first: string }) {
  const text = useText()
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" data-number>
          {text('retention.size')}
        </th>
        {numbers.columns.map((column) => (
          <th key={column.from} scope="col" data-number aria-label={text('retention.column', { unit, periods: columnName(column) })}>
            {columnName(column)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

type RowProps = {
  readonly name: string
  readonly question: Question
  readonly titles: (index: number) => string
  readonly cohort?: Cohort
  readonly line?: RetentionLine
  readonly isTotal?: boolean
}

function Row({ name, question, titles, cohort, line, isTotal = false }: RowProps) {
  const text = useText()
  const format = useFormat()
  const of = { report: question }
  const where = { kind: 'retention', ...(cohort === undefined ? {} : { cohort: cohort.from }), ...(line?.label === null || line?.label === undefined ? {} : { label: line.label }) }
  const size = cohort?.profiles ?? line?.profiles ?? 0
  const cells = cohort?.cells ?? line?.cells ?? []
  return (
    <tr data-total={isTotal || undefined}>
      <th scope="row">
        {name}
        {cohort?.is_partial === true && <span className={style.quiet}> {text('retention.partial')}</span>}
      </th>
      <td data-number>
        <Count value={size} people={{ of, select: { ...where, part: 'started' }, title: text('retention.startedIn', { name }) }} />
      </td>
      {cells.map((cell, column) => {
        const look = cellLook(cell)
        if (look.share === null) return <td key={column} data-number />
        const part = look.basis === 'over' ? 'back' : 'open_back'
        const between = cell.interval === null || cell.interval === undefined || look.basis === 'open' ? '' : text('number.between', { low: format.share(cell.interval.low), high: format.share(cell.interval.high) })
        const tip = [text('retention.of', { part: format.count(look.part), whole: format.count(look.whole) }), between, look.isOpen ? text('retention.openTip', { count: cell.open, shown: format.count(cell.open) }) : '']
        return (
          <td
            key={column}
            data-number
            data-open={(cohort === undefined ? look.basis === 'open' : look.isOpen) || undefined}
            data-small={look.isSmall || undefined}
            data-heat={look.heat ?? undefined}
            data-tip={tip.filter((it) => it !== '').join(' · ')}
          >
            <Count
              value={look.part}
              shown={format.share(look.share)}
              people={{ of, select: { ...where, column, part }, title: text('retention.backIn', { name, column: titles(column) }) }}
            />
          </td>
        )
      })}
    </tr>
  )
}
