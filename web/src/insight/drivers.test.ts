import { expect, test } from 'vitest'
import type { Driver } from '../api/drivers.ts'
import { canAskDrivers, driverGroups, driversOf, inGroup, reachOf, toggled } from './drivers.ts'
import { readDriversSearch } from './drivers-search.ts'

const steps = [
  { name: 'a', matcher: {} },
  { name: 'b', matcher: {} },
]
const range = { last: '30d', zone: 'UTC' } as const
const driver = (standing: Driver['standing'], difference?: number): Driver => ({
  field: 'event',
  at_entry: false,
  label: { value: standing },
  standing,
  did: { part: 1, whole: 2 },
  did_not: { part: 1, whole: 2 },
  ...(difference === undefined ? {} : { compared: { with: { part: 1, whole: 2 }, without: 0.5, difference, people_per_month: 1, p: 0.01, false_rate: 0.02 } }),
})

test('a funnel is asked about without what would know the outcome', () => {
  const asked = driversOf({ range, steps, entry: 'best', unit: { session: '30m' }, order: 'strict', window: 'unlimited', exclusions: [{ matcher: {}, after: 0, before: 1 }], breakdown: { field: 'channel' } })
  expect(asked.funnel).toEqual({ range, steps, entry: 'first', window: { whole: '7d' } })
  expect(canAskDrivers(asked)).toBe(true)
  expect(canAskDrivers({ ...asked, fields: [], entry_fields: [] })).toBe(false)
})

test('each candidate is told once, under its standing', () => {
  const all = (['helps', 'hinders', 'unsure', 'few', 'on_the_way', 'at_the_end'] as const).map((it) => driver(it))
  expect(driverGroups.flatMap(({ key }) => inGroup(all, key)).length).toBe(all.length)
})

test('bars reach as far as the largest difference', () => {
  expect(reachOf([driver('helps', 0.1), driver('hinders', -0.3)])).toBe(0.3)
  expect(reachOf([])).toBe(0.02)
})

test('a question is read from an address or not at all, and a field goes in and out', () => {
  const ask = driversOf({ range, steps })
  expect(readDriversSearch({ ask })).toEqual({ ask })
  expect(readDriversSearch({ ask: { ...ask, fields: [1] } })).toEqual({})
  expect(toggled(toggled(['event'], 'channel'), 'event')).toEqual(['channel'])
})
