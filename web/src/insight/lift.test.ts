import { expect, test } from 'vitest'
import type { Lift, LiftDifference, LiftLine } from '../api/lift.ts'
import { effectRows, isAmount, isUnsure, kindOfArms, kindOfCost, lackOf, startOfArms, stripOf } from './lift.ts'
import { readLiftSearch } from './lift-search.ts'

const lift: Lift = {
  range: { last: '30d' },
  assigned: { events: ['assigned'] },
  arms: { field: { field: 'properties.variant', control: 'none' } },
  goal: { events: ['buy'] },
}

const difference = (low: number, at: number, high: number): LiftDifference => ({
  difference: at,
  interval: { low, high },
  relative: null,
  relative_interval: null,
  extra: at * 100,
  extra_interval: null,
})

const line = (reached: LiftDifference, isSmall = false): LiftLine => ({
  arm: { value: 'mail' },
  assigned: 100,
  immature: 0,
  reached: { part: 10, whole: 100 },
  effect: { is_small: isSmall, reached },
})

test('what is missing is said in the order in which it is asked', () => {
  expect(lackOf(lift)).toBeNull()
  expect(lackOf({ ...lift, assigned: {} })).toBe('assigned')
  expect(lackOf({ ...lift, arms: startOfArms('people') })).toBe('arms')
  expect(lackOf({ ...lift, arms: { trait: { name: 'plan', control: false } } })).toBeNull()
  expect(lackOf({ ...lift, goal: {} })).toBe('goal')
  expect(lackOf({ ...lift, cost: { each: { amount: 'much' } } })).toBe('cost')
  expect(lackOf({ ...lift, cost: { each: { amount: '1', contact: {} } } })).toBe('cost')
})

test('kinds of arms and costs are told by their shape', () => {
  for (const kind of ['field', 'trait', 'people'] as const) expect(kindOfArms(startOfArms(kind))).toBe(kind)
  expect(kindOfCost(null)).toBe('none')
  expect(kindOfCost({ campaigns: [] })).toBe('campaigns')
  expect(kindOfCost({ each: { amount: '1' } })).toBe('person')
  expect(kindOfCost({ each: { amount: '1', contact: {} } })).toBe('contact')
})

test('amounts have digits and one point', () => {
  expect(['1', '0.05', ' 12.5 '].every(isAmount)).toBe(true)
  expect(['', '1.', '-1', '1,5', '0.0000001'].some(isAmount)).toBe(false)
})

test('an effect is sure when nothing lies outside of its interval', () => {
  const [sure] = effectRows([line(difference(0.1, 0.2, 0.3))])
  const [chance] = effectRows([line(difference(-0.1, 0.2, 0.3))])
  const [small] = effectRows([line(difference(0.1, 0.2, 0.3), true)])
  expect([sure, chance, small].map((it) => it !== undefined && isUnsure(it))).toEqual([false, true, true])
})

test('strips of one measure have one scale with nothing in the middle', () => {
  const rows = effectRows([line(difference(0.1, 0.2, 0.4)), line(difference(-0.2, -0.1, 0))])
  const strips = rows.map((it) => stripOf(it, rows))
  expect(strips[0]).toEqual({ from: 62, to: 98, at: 74 })
  expect(strips[1]).toEqual({ from: 26, to: 50, at: 38 })
})

test('an address that is no question is passed over', () => {
  expect(readLiftSearch({ ask: lift })).toEqual({ ask: lift })
  expect(readLiftSearch({ ask: { ...lift, arms: {} } })).toEqual({})
  expect(readLiftSearch({ ask: { ...lift, cost: { each: {} } } })).toEqual({})
})
