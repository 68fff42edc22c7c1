import { expect, test } from 'vitest'
import { countRows } from './counts.ts'

type Numbers = Parameters<typeof countRows>[0]
const count = (events: number) => ({ events, profiles: 1 })
const numbers = (series: Numbers['series']): Numbers => ({ kind: 'counts', points: [], total: count(0), series })

test('one series is no row', () => {
  expect(countRows(numbers([{ name: { name: 'all' }, points: [], total: count(3) }]))).toEqual([])
})

test('rows are in the order of their size, and the rest is last', () => {
  const rows = countRows(
    numbers([
      { name: 'rest', points: [], total: count(9) },
      { name: { name: 'view' }, points: [], total: count(2) },
      { name: { name: 'cart' }, points: [], total: count(6) },
    ]),
  )
  expect(rows.map((it) => [it.name, it.events, it.reaches])).toEqual([
    ['cart', 6, 6 / 9],
    ['view', 2, 2 / 9],
    [null, 9, 1],
  ])
})

test('labels of one series stand without its name', () => {
  const name = { name: 'all' }
  const rows = countRows(
    numbers([
      { name, label: { value: 'web' }, points: [], total: count(2) },
      { name, label: 'not_set', points: [], total: count(1) },
    ]),
  )
  expect(rows.map((it) => [it.name, it.label])).toEqual([
    [null, { value: 'web' }],
    [null, 'not_set'],
  ])
})
