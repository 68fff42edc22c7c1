import { useState } from 'react'
import type { useMutation } from '@tanstack/react-query'
import type { SqlResult } from '../api/sql.ts'
import { PlotChart } from '../chart/plot.tsx'
import { errorText } from '../i18n/error-text.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { ApiError } from '../lib/api-error.ts'
import { Empty } from '../ui/look.tsx'
import { Segments } from '../ui/segments.tsx'
import { plotOf } from './result.ts'
import { SqlTable } from './sql-table.tsx'
import style from './sql.module.css'
import { Waiting } from './waiting.tsx'

type Asked = { readonly statement: string; readonly result: SqlResult }
type Run = ReturnType<typeof useMutation<Asked, Error, string>>
type Look = 'table' | 'line' | 'bars'

/** What became of the statement: its rows or their drawing, or why there are none. */
export function SqlAnswer({ run, waitMaxMs }: { readonly run: Run; readonly waitMaxMs: number }) {
  const text = useText()
  if (run.isPending) return <Waiting key={run.submittedAt} since={run.submittedAt} waitMaxMs={waitMaxMs} />
  if (run.error !== null) return <Refused error={run.error} />
  if (run.data === undefined) return <Empty title={text('sql.empty')}>{text('sql.emptyNote')}</Empty>
  return <Result key={run.submittedAt} result={run.data.result} />
}

const titles = {
  'sql.refused': 'sql.why.refused',
  'sql.failed': 'sql.why.failed',
  'sql.exhausted': 'sql.why.exhausted',
  'question.stopped': 'sql.why.stopped',
} as const

function Refused({ error }: { readonly error: Error }) {
  const text = useText()
  const code = error instanceof ApiError ? error.code : ''
  const known = Object.entries(titles).find(([it]) => it === code)?.[1]
  return (
    <section className={style.refused} role="alert" data-code={code}>
      <h2>{known === undefined ? text('look.failed') : text(known)}</h2>
      {code !== 'question.stopped' && <p lang={code.startsWith('sql.') ? 'en' : undefined}>{errorText(text, error)}</p>}
    </section>
  )
}

function Result({ result }: { readonly result: SqlResult }) {
  const text = useText()
  const format = useFormat()
  const [look, setLook] = useState<Look>('table')
  const segments = (['table', 'line', 'bars'] as const).map((value) => ({ value, label: text(`sql.look.${value}`) }))
  return (
    <section aria-label={text('sql.result')}>
      <div className={style.facts}>
        <span role="status">
          <b>{text('sql.rows', { count: result.rows_count, shown: format.count(result.rows_count) })}</b> · {format.span(result.took_ms)}
        </span>
        {result.is_cut && <span className={style.cut}>{text('sql.cut')}</span>}
        <Segments label={text('sql.lookLabel')} value={look} segments={segments} onChange={setLook} />
      </div>
      {result.rows.length === 0 ? (
        <Empty small title={text('sql.noRows')} />
      ) : look === 'table' ? (
        <SqlTable result={result} />
      ) : (
        <Drawing result={result} look={look} format={format} />
      )}
    </section>
  )
}

function Drawing({ result, look, format }: { readonly result: SqlResult; readonly look: 'line' | 'bars'; readonly format: Format }) {
  const text = useText()
  const plot = plotOf(result)
  if (plot === null) return <Empty small title={text('sql.noNumbers')} />
  const kind = plot.column.kind
  const times = plot.places.map(String)
  // Days of another zone begin at the same hour each.
  const isDaily = kind === 'time' && new Set(times.map((it) => format.clock(it))).size === 1
  const name = (place: string) => (kind === 'date' ? format.date(place) : kind !== 'time' ? place : isDaily ? format.fullDate(place) : format.moment(place))
  return (
    <>
      <PlotChart
        label={text('sql.drawing', { name: plot.column.name })}
        look={look}
        places={plot.places.map((it) => (it === null ? '–' : name(String(it))))}
        series={plot.series}
        showValue={(value) => format.amount(value)}
        showTick={(value) => format.compact(value)}
      />
      {(plot.placesLeft > 0 || plot.seriesLeft > 0) && (
        <p className={style.quiet}>{text('sql.notDrawn', { places: format.count(plot.placesLeft), series: format.count(plot.seriesLeft) })}</p>
      )}
    </>
  )
}
