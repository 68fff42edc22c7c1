import { expect, test } from 'vitest'
import type { HeatCell, Heatmap } from '../api/heatmap.ts'
import { heatOf, inOrder, isAskable, isSmall, largestOf, measureOf, measuresFor, moveFocus, shapeOf, shownPlaces, valueOf } from './heatmap.ts'

const range = { last: '30d', zone: 'UTC' } as const
const week: Heatmap = { range }
const fields: Heatmap = { range, rows: { field: 'stage' }, columns: { field: 'channel' } }
const steps: Heatmap = { range, rows: { steps: [{ name: 'a', matcher: {} }] }, columns: { people: [] } }

function cell(change: Partial<HeatCell>): HeatCell {
  return { events: 0, profiles: 0, per_hour: null, observed_ms: null, mature: 0, converted: 0, immature: 0, ...change }
}

test('the shape of a table is told by its axes', () => {
  expect([week, fields, steps].map(shapeOf)).toEqual(['week', 'fields', 'steps'])
})

test('only clocks have hours, and only a goal has conversions', () => {
  expect(measuresFor(week)).toEqual(['events', 'profiles', 'per_hour'])
  expect(measuresFor({ ...fields, goal: {} })).toEqual(['events', 'profiles', 'converted'])
  expect(measureOf(week, 'converted')).toBe('per_hour')
  expect(measureOf(fields, undefined)).toBe('profiles')
})

test('a table without groups of people is not asked', () => {
  expect([week, fields, steps].map(isAskable)).toEqual([true, true, false])
})

test('an hour that never was has no number, and who may still convert no share', () => {
  expect(valueOf(cell({ per_hour: null }), 'per_hour')).toBeNull()
  expect(valueOf(cell({ immature: 3, profiles: 3 }), 'converted')).toBeNull()
  expect(valueOf(cell({ mature: 40, converted: 10 }), 'converted')).toBe(0.25)
  expect(isSmall(cell({ mature: 29 }), 'converted')).toBe(true)
})

test('the scale ends at the largest cell that is not small', () => {
  const rows = [{ cells: [cell({ mature: 2, converted: 2 }), cell({ mature: 100, converted: 20 })] }]
  expect(largestOf(rows, 'converted')).toBe(0.2)
  expect([null, 0, 0.01, 0.1, 0.2].map((it) => heatOf(it, 0.2))).toEqual([0, 0, 1, 3, 5])
})

test('a clock keeps its empty hours, fields only what was met', () => {
  const list = [0, 1].map((events) => ({ place: { hour: events }, total: cell({ events }) }))
  expect(shownPlaces('hour', list)).toEqual([0, 1])
  expect(shownPlaces({ field: 'channel' }, list)).toEqual([1])
})

test('keys move within the table and never out of it', () => {
  expect(moveFocus('ArrowRight', [0, 2], 2, 3)).toEqual([0, 2])
  expect(moveFocus('ArrowDown', [0, 2], 2, 3)).toEqual([1, 2])
  expect(moveFocus('Home', [1, 2], 2, 3)).toEqual([1, 0])
  expect(moveFocus('End', [1, 0], 2, 3)).toEqual([1, 2])
  expect(moveFocus('x', [1, 0], 2, 3)).toBeNull()
})

test('stages stand in their own order, and what is none comes last', () => {
  const places = [{ label: 'not_set' as const }, { label: { value: 'buy' } }, { label: { value: 'look' } }]
  const at = (index: number) => places[index]
  expect(inOrder({ field: 'stage' }, [0, 1, 2], at, ['look', 'buy'])).toEqual([2, 1, 0])
  expect(inOrder({ field: 'channel' }, [0, 1, 2], at, ['look', 'buy'])).toEqual([0, 1, 2])
})
