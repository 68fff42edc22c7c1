import { expect, test } from 'vitest'
import { curve, ticks } from './curve.ts'

test('a flat row of points is a flat line', () => {
  expect(curve([0, 30, 60].map((x) => ({ x, y: 5 })))).toBe('M0 5C10 5 20 5 30 5C40 5 50 5 60 5')
})

test('the curve is level at a peak, so it never swings past it', () => {
  const path = curve([
    { x: 0, y: 0 },
    { x: 30, y: 30 },
    { x: 60, y: 0 },
  ])
  expect(path).toBe('M0 0C10 10 20 30 30 30C40 30 50 10 60 0')
})

test('no points draw nothing', () => {
  expect(curve([])).toBe('')
})

test.each([
  [42_310, [0, 20_000, 40_000, 60_000]],
  [9, [0, 5, 10]],
  [3, [0, 1, 2, 3]],
  [0, [0]],
])('an axis up to %d has round values', (greatest, expected) => {
  expect(ticks(greatest)).toEqual(expected)
})
