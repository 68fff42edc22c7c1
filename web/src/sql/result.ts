/** What a result looks like as a table and as a drawing. Pure: how values read is an argument. */

import type { SqlColumn, SqlResult, SqlValue } from '../api/sql.ts'

export type PlotSeries = { readonly name: string; readonly values: readonly (number | null)[] }
/** A drawing of a result: a place for each value of one column, and lines or bars of the others. */
export type Plot = {
  readonly column: SqlColumn
  readonly places: readonly SqlValue[]
  readonly series: readonly PlotSeries[]
  /** Places and series of the result that are not drawn. */
  readonly placesLeft: number
  readonly seriesLeft: number
}

/** More could not be told apart. */
export const SERIES_MAX = 5
const PLACES_MAX = 400

/** The drawing that fits a result; none where it has no numbers. */
export function plotOf({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): Plot | null {
  const indexes = columns.map((_, index) => index)
  const isKind = (kinds: readonly SqlColumn['kind'][]) => (index: number) => kinds.includes(columns[index]?.kind ?? 'other')
  const x = indexes.find(isKind(['time', 'date'])) ?? indexes.find(isKind(['text', 'flag'])) ?? indexes[0]
  if (x === undefined || rows.length === 0) return null
  const column = columns[x]
  const numbers = indexes.filter((it) => it !== x && isKind(['number'])(it))
  if (column === undefined || numbers.length === 0) return null
  const group = indexes.find((it) => it !== x && isKind(['text', 'flag'])(it))
  const isTime = column.kind === 'time' || column.kind === 'date'
  const ordered = isTime ? [...rows].sort((a, b) => (String(a[x]) < String(b[x]) ? -1 : 1)) : rows
  const value = numbers[0] ?? x
  const distinct = new Set(rows.map((row) => String(row[x]))).size
  // One number by two things is a line for each value of the second.
  if (group !== undefined && numbers.length === 1 && distinct < rows.length) return grouped(ordered, column, x, group, value)
  const drawn = ordered.slice(0, PLACES_MAX)
  const series = numbers.slice(0, SERIES_MAX).map((index) => ({ name: columns[index]?.name ?? '', values: drawn.map((row) => numberOf(row[index])) }))
  return {
    column,
    places: drawn.map((row) => row[x] ?? null),
    series,
    placesLeft: ordered.length - drawn.length,
    seriesLeft: numbers.length - series.length,
  }
}

function grouped(rows: SqlResult['rows'], column: SqlColumn, x: number, group: number, value: number): Plot {
  const places = [...new Map(rows.map((row) => [String(row[x]), row[x] ?? null])).values()]
  const cells = new Map<string, Map<string, number>>()
  for (const row of rows) {
    const name = String(row[group] ?? '')
    const its = cells.get(name) ?? new Map<string, number>()
    its.set(String(row[x]), (its.get(String(row[x])) ?? 0) + (numberOf(row[value]) ?? 0))
    cells.set(name, its)
  }
  const size = (its: ReadonlyMap<string, number>) => [...its.values()].reduce((sum, it) => sum + Math.abs(it), 0)
  const all = [...cells].sort(([, a], [, b]) => size(b) - size(a))
  const drawn = places.slice(0, PLACES_MAX)
  return {
    column,
    places: drawn,
    series: all.slice(0, SERIES_MAX).map(([name, its]) => ({ name, values: drawn.map((place) => its.get(String(place)) ?? null) })),
    placesLeft: places.length - drawn.length,
    seriesLeft: Math.max(0, all.length - SERIES_MAX),
  }
}

function numberOf(value: SqlValue | undefined): number | null {
  if (typeof value === 'number') return value
  // Numbers that would lose digits come as text.
  const number = typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}

/** The width of a column, by its longest value among the first rows. */
export function widthOf(column: SqlColumn, values: readonly SqlValue[]): string {
  const longest = Math.max(column.name.length + 2, ...values.slice(0, 200).map((it) => [...String(it ?? '')].length))
  const least = column.kind === 'time' ? 21 : Math.min(48, Math.max(6, longest))
  return `minmax(${Math.round(least * 7.4) + 10}px, ${column.kind === 'text' || column.kind === 'other' ? 3 : 1}fr)`
}
