import { expect, test } from 'vitest'
import type { SqlColumn } from '../api/sql.ts'
import { plotOf, widthOf } from './result.ts'

const text: SqlColumn = { name: 'event', kind: 'text' }
const day: SqlColumn = { name: 'day', kind: 'time' }
const count: SqlColumn = { name: 'n', kind: 'number' }

test('times run from left to right, whatever the order of rows', () => {
  const plot = plotOf({ columns: [count, day], rows: [[2, '2026-03-02T00:00:00Z'], [1, '2026-03-01T00:00:00Z']] })
  expect(plot?.places).toEqual(['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'])
  expect(plot?.series).toEqual([{ name: 'n', values: [1, 2] }])
})

test('one number by two things is a line for each value of the second, the largest first', () => {
  const rows = [['d1', 'a', 1], ['d1', 'b', 5], ['d2', 'b', 6]] as const
  const plot = plotOf({ columns: [day, text, count], rows })
  expect(plot?.series).toEqual([
    { name: 'b', values: [5, 6] },
    { name: 'a', values: [1, null] },
  ])
})

test('texts keep the order that they came in, and large numbers their place', () => {
  const plot = plotOf({ columns: [text, count], rows: [['z', '12345678901234567890'], ['a', null]] })
  expect(plot?.places).toEqual(['z', 'a'])
  expect(plot?.series[0]?.values).toEqual([12345678901234567890, null])
})

test('what is not drawn is counted', () => {
  const rows = Array.from({ length: 500 }, (_, at) => [`t${at}`, at])
  expect(plotOf({ columns: [text, count], rows })?.placesLeft).toBe(100)
  const wide = plotOf({ columns: [text, ...Array.from({ length: 7 }, () => count)], rows: [['a', 1, 2, 3, 4, 5, 6, 7]] })
  expect([wide?.series.length, wide?.seriesLeft]).toEqual([5, 2])
})

test('without numbers or rows there is no drawing', () => {
  expect(plotOf({ columns: [text], rows: [['a']] })).toBe(null)
  expect(plotOf({ columns: [count], rows: [[1]] })).toBe(null)
  expect(plotOf({ columns: [day, count], rows: [] })).toBe(null)
})

test('columns are as wide as what they hold, within bounds', () => {
  expect(widthOf(count, [1])).toBe('minmax(54px, 1fr)')
  expect(widthOf(text, ['x'.repeat(400)])).toBe('minmax(365px, 3fr)')
})
