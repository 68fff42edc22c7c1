import { expect, test } from 'vitest'
import { between, daysOf, kindOfRange } from './range.ts'

test('days come in order, whichever was chosen first', () => {
  expect(between('2026-03-09', '2026-03-01', 'UTC')).toEqual({ between: { from: '2026-03-01', to: '2026-03-09' }, zone: 'UTC' })
})

test('a span is told in days where it is whole days', () => {
  expect([daysOf('30d'), daysOf('2w'), daysOf('24h'), daysOf('12h'), daysOf('?')]).toEqual([30, 14, 1, null, null])
})

test('each form of a range is recognized', () => {
  expect(kindOfRange({ last: '30d' }).kind).toBe('last')
  expect(kindOfRange({ all: true, zone: 'UTC' }).kind).toBe('all')
})
