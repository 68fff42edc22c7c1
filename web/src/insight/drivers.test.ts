import { expect, test } from 'vitest'
import type { Driver } from '../api/drivers.ts'
import { reachOf } from './contrast.ts'
import { canAskDrivers, comparedFields, driverGroups, driversOf, inGroup, sourceOf, toggled } from './drivers.ts'
import { readDriversSearch } from './drivers-search.ts'

const steps = [
  { name: 'a', matcher: {} },
  { name: 'b', matcher: {} },
  { name: 'c', matcher: {} },
]
const range = { last: '30d', zone: 'UTC' } as const
const interval = (low: number, high: number) => ({ low, high })
const driver = (standing: Driver['standing'], people?: number): Driver => ({
  from: { on_the_way: 'event' },
  label: { value: standing },
  standing,
  did: { part: 1, whole: 2 },
  did_not: { part: 1, whole: 2 },
  ...(people === undefined
    ? {}
    : { compared: { with: { part: 1, whole: 2 }, without: 0.5, difference: 0.1, interval: interval(0, 0.2), people_per_month: people, people_interval: interval(people - 1, people + 1), p: 0.01, false_rate: 0.02 } }),
})

test('a funnel is asked about without what would know the outcome', () => {
  const asked = driversOf({ range, steps, entry: 'best', unit: { session: '30m' }, order: 'strict', window: { each: '2d' }, exclusions: [{ matcher: {}, after: 0, before: 1 }], breakdown: { field: 'channel' } })
  expect(asked).toEqual({ range, steps, within: '4d', fields: ['event'], entry_fields: ['channel'] })
  expect(canAskDrivers(asked)).toBe(true)
  expect(canAskDrivers({ ...asked, fields: [], entry_fields: [] })).toBe(false)
})

test('a filter at the first step becomes a condition of it', () => {
  const rule = { test: { field: 'channel', test: { is: ['web'] } } }
  const asked = driversOf({ range, steps, filter: { rule: rule as never, when: 'after' } })
  expect(asked.filter).toBeUndefined()
  expect(asked.steps.map((it) => it.matcher.rule)).toEqual([rule, undefined, undefined])
})

test('what is compared is told by the names of fields', () => {
  expect(comparedFields(['channel', 'properties.category', 'properties.query', 'properties.price', 'context.page.content'])).toEqual(['properties.category', 'properties.query'])
})

test('each candidate is told once, under its standing', () => {
  const all = (['helps', 'hinders', 'unsure', 'few', 'on_the_way', 'at_the_end'] as const).map((it) => driver(it))
  expect(driverGroups.flatMap(({ key }) => inGroup(all, key)).length).toBe(all.length)
})

test('bars reach as far as the largest effect or bound', () => {
  expect(reachOf([driver('helps', 10), driver('hinders', -30)])).toBe(31)
  expect(reachOf([])).toBe(1)
})

test('a question is read from an address or not at all, and a field goes in and out', () => {
  const ask = driversOf({ range, steps })
  expect(readDriversSearch({ ask })).toEqual({ ask })
  expect(readDriversSearch({ ask: { ...ask, fields: [1] } })).toEqual({})
  expect(toggled(toggled(['event'], 'channel'), 'event')).toEqual(['channel'])
  expect(sourceOf({ from: { trait: 'plan' } })).toEqual({ kind: 'trait', name: 'plan' })
})
