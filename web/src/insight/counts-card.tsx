import type { Answer } from '../api/dashboard.ts'
import { useLabelText } from './use-label-text.ts'
import type { Report } from '../api/model.ts'
import { DayLine } from '../chart/day-line.tsx'
import { TableTwin } from '../chart/table-twin.tsx'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { type CountRow, countRows } from './counts.ts'
import style from './report-card.module.css'

type Counts = Extract<Report, { readonly kind: 'counts' }>
type Numbers = Extract<Answer['numbers'], { readonly kind: 'counts' }>

/** Events over time as one line, or side by side when there are several. */
export function CountsCard({ report, numbers }: { readonly report: Counts; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const { total } = numbers
  const rows = countRows(numbers)
  const isLine = rows.length === 0 && numbers.points.length > 1
  return (
    <>
      <dl className={style.figures}>
        <div>
          <dt>{text('dashboard.events')}</dt>
          <dd>{format.count(total.events)}</dd>
        </div>
        <div>
          <dt>{text('dashboard.profiles')}</dt>
          <dd>
            <Count value={total.profiles} people={{ of: { report }, select: { kind: 'counts' }, title: text('dashboard.profiles') }} />
          </dd>
        </div>
      </dl>
      {isLine && <CountsLine report={report} numbers={numbers} />}
      {rows.length > 0 && <CountsRows report={report} rows={rows} />}
    </>
  )
}

function CountsLine({ report, numbers }: { readonly report: Counts; readonly numbers: Numbers }) {
  const text = useText()
  const format = useFormat()
  const series = numbers.series[0]
  const isShort = report.every === 'hour' || report.every === 'minute' || report.every === 'second'
  const name = (from: string) => (isShort ? format.moment(from) : format.date(format.dayOf(from)))
  const days = numbers.points.map((point, index) => ({ day: point.from, value: series?.points[index]?.events ?? 0 }))
  return (
    <TableTwin label={text('dashboard.overTime')} twin={{ head: [text('dashboard.when'), text('dashboard.events')], rows: days.map((it) => [name(it.day), format.count(it.value)]) }}>
      <DayLine label={text('dashboard.overTime')} days={days} showDay={name} showValue={format.count} showTick={format.compact} />
    </TableTwin>
  )
}

function CountsRows({ report, rows }: { readonly report: Counts; readonly rows: readonly CountRow[] }) {
  const text = useText()
  const format = useFormat()
  const labelText = useLabelText(report.breakdown ?? 'event')
  const nameOf = (row: CountRow) => (row.label == null ? (row.name ?? text('label.rest')) : [row.name, labelText(row.label)].filter((it) => it !== null).join(' · '))
  return (
    <div className={style.wide}>
      <TableTwin label={text('dashboard.sideBySide')} twin={{ head: [text('dashboard.what'), text('dashboard.events'), text('dashboard.profiles')], rows: rows.map((row) => [nameOf(row), format.count(row.events), format.count(row.profiles)]) }}>
        <ol className={style.rows} aria-label={text('dashboard.sideBySide')}>
          {rows.map((row) => (
            <li key={row.key}>
              <span className={style.name}>{nameOf(row)}</span>
              <span className={style.number}>{format.count(row.events)}</span>
              <Meter share={row.reaches} />
            </li>
          ))}
        </ol>
      </TableTwin>
    </div>
  )
}
