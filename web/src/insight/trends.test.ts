import { describe, expect, test } from 'vitest'
import type { TrendLine, Trends } from '../api/trends.ts'
import { displayAs, displayOf, editTrends, freeName, keyOf, letterOf, measureAs, measureKinds, measureOf, openFrom, toggled, trendRows, weightOf } from './trends.ts'

const trends: Trends = {
  range: { last: '30d' },
  series: [
    { name: 'a', matcher: {} },
    { name: 'b', matcher: {} },
    { name: 'c', matcher: {} },
  ],
  formulas: [
    { name: 'rate', expression: 'a / c * 100' },
    { name: 'more', expression: 'B - A' },
  ],
}

const line = (name: string): TrendLine => ({ name, is_formula: false, total: {}, points: [], shown: [], unmeasured: 0 })

describe('trends', () => {
  test('formulas follow their series, and go with one that they need', () => {
    const { series, formulas } = editTrends(trends, { kind: 'remove', index: 1 })
    expect(series.map((it) => it.name)).toEqual(['a', 'c'])
    expect(formulas).toEqual([{ name: 'rate', expression: 'A / B * 100' }])
  })

  test('a measure is what it was made as', () => {
    for (const kind of measureKinds) expect(measureOf(measureAs(kind, 'properties.p')).kind).toBe(kind)
    expect(weightOf(measureAs('weighted', 'properties.p', 900, 'properties.w'))).toBe('properties.w')
    expect(weightOf(measureAs('weighted', 'properties.p'))).toBe('properties.weight')
    expect(weightOf('events')).toBe(null)
    expect(measureOf(undefined)).toEqual({ kind: 'events', field: null, permille: 900 })
    expect(measureOf({ quantile: { field: 'properties.p', permille: 950 } })).toEqual({ kind: 'p90', field: 'properties.p', permille: 950 })
  })

  test('a display is what it was chosen as', () => {
    for (const choice of ['plain', 'running', '7']) expect(displayOf(displayAs(choice))).toBe(choice)
  })

  test('names do not come twice', () => {
    expect(freeName(trends, 'd')).toBe('d')
    expect(freeName(trends, 'a')).toBe('a 2')
    expect(letterOf(2)).toBe('C')
  })

  test('at most five lines are drawn, and never none', () => {
    const lines = ['1', '2', '3', '4', '5', '6', '7'].map(line)
    const first = trendRows({ lines }, null)
    expect(first.map((it) => it.slot)).toEqual([0, 1, 2, 3, 4, null, null])
    const key = keyOf(line('7'))
    const chosen = toggled(first, key)
    expect(chosen).toHaveLength(5)
    expect(trendRows({ lines }, chosen).find((it) => it.key === key)?.slot).toBe(4)
    const only = trendRows({ lines: [line('1')] }, null)
    expect(toggled(only, keyOf(line('1')))).toEqual([keyOf(line('1'))])
    expect(trendRows({ lines }, ['gone']).map((it) => it.slot)).toEqual([0, 1, 2, 3, 4, null, null])
  })

  test('the last point is open while its time runs', () => {
    const point = (is_partial: boolean) => ({ from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z', is_partial })
    expect(openFrom({ points: [point(true), point(false)] })).toBe(null)
    expect(openFrom({ points: [point(false), point(true)] })).toBe(1)
  })
})
