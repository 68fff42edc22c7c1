import { expect, test } from 'vitest'
import type { Figure } from '../api/compare.ts'
import { groupFigures, placeOn, reachOf, verdictOf } from './comparison.ts'

function figure(change: Partial<Figure>): Figure {
  const side = { value: 0.5, n: 100 }
  return { of: 'funnel_step', names: [], unit: 'share', a: side, b: side, difference: 0.1, interval: { low: 0.02, high: 0.18 }, is_small: false, ...change }
}

test('a difference is sure when its interval does not hold 0', () => {
  expect(verdictOf(figure({}))).toBe('more')
  expect(verdictOf(figure({ difference: -0.1, interval: { low: -0.18, high: -0.02 } }))).toBe('less')
  expect(verdictOf(figure({ interval: { low: -0.01, high: 0.2 } }))).toBe('unsure')
  expect(verdictOf(figure({ interval: null }))).toBe('unsure')
})

test('a side that is too small says nothing, and a side without a value less', () => {
  expect(verdictOf(figure({ is_small: true }))).toBe('small')
  expect(verdictOf(figure({ difference: null, interval: null, is_small: true }))).toBe('unknown')
})

test('figures of one kind stand together in the order of the answer', () => {
  const figures = [figure({}), figure({ of: 'funnel_time' }), figure({})]
  expect(groupFigures(figures).map((it) => [it.of, it.figures.length])).toEqual([
    ['funnel_step', 2],
    ['funnel_time', 1],
  ])
})

test('bars of a table are on one scale with 0 in the middle', () => {
  const reach = reachOf([figure({}), figure({ difference: -0.3, interval: null })])
  expect(reach).toBe(0.3)
  expect(placeOn(0, reach)).toBe(0.5)
  expect(placeOn(-0.3, reach)).toBe(0)
  expect(placeOn(1, 0)).toBe(0.5)
})
