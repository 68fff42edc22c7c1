import { expect, test } from 'vitest'
import type { Retention, Returns } from '../api/retention.ts'
import { readRetentionSearch } from './retention-search.ts'
import { agreed, cellLook, columnName, curvePoints, knownCohorts, pulse, readBrackets, stickyRatio, switched, unitsOf, usual, writeBrackets } from './retention.ts'

const range = { last: '90d', zone: 'Europe/Berlin' }
const cell = (part: number, whole: number, open = 0, open_back = 0): Returns => ({ part, whole, profiles: part, open, open_back })

test('a cell shows those whose time is over, and those so far only when there are no others', () => {
  expect(cellLook(cell(50, 100))).toMatchObject({ share: 0.5, part: 50, basis: 'over', isOpen: false, heat: 4 })
  expect(cellLook(cell(10, 100, 50, 40))).toMatchObject({ share: 0.1, part: 10, basis: 'over', isOpen: true, heat: 1 })
  expect(cellLook(cell(0, 0, 50, 40))).toMatchObject({ share: 0.8, part: 40, basis: 'open', isOpen: true, heat: null })
  expect(cellLook(cell(0, 0)).share).toBeNull()
})

test('fewer than 30 are grey and have no color', () => {
  expect(cellLook(cell(20, 29))).toMatchObject({ isSmall: true, heat: null })
  expect(cellLook(cell(20, 30))).toMatchObject({ isSmall: false, heat: 4 })
})

test('the curve has only columns in which anyone is through', () => {
  const columns = [{ from: 0, to: 0 }, { from: 1, to: 1 }, { from: 2, to: 2 }]
  expect(curvePoints(columns, [cell(1, 4), cell(1, 2, 2), cell(0, 0, 4, 1)])).toEqual([
    { day: '0', value: 25 },
    { day: '1', value: 50 },
  ])
})

test('columns are named by their periods', () => {
  expect([{ from: 3, to: 3 }, { from: 3 }, { from: 1, to: 7 }].map(columnName)).toEqual(['3', '3+', '1–7'])
})

test('brackets are read as people write them, or not at all', () => {
  expect(readBrackets('0, 1-7，8–30')).toEqual([
    { from: 0, to: 0 },
    { from: 1, to: 7 },
    { from: 8, to: 30 },
  ])
  expect(writeBrackets(readBrackets('0, 1-7') ?? [])).toBe('0, 1-7')
  for (const words of ['', '7-1', '1-7, 5-9', 'a', '1,,2', '1-99999']) expect(readBrackets(words)).toBeNull()
})

test('months do not roll', () => {
  const retention: Retention = { range, start: {}, period: 'month', clock: 'rolling' }
  expect(agreed(retention).clock).toBe('calendar')
  expect(agreed({ ...retention, period: 'week' }).clock).toBe('rolling')
})

test('another view keeps the range, the filter and the first day of the week', () => {
  const asked = { ...usual('retention', range), week_start: 'sunday' as const }
  expect(switched(asked, 'lifecycle')).toEqual({ kind: 'lifecycle', range, period: 'week', week_start: 'sunday' })
  expect(switched(asked, 'retention')).toBe(asked)
})

test('a unit is shorter than its period', () => {
  expect(unitsOf('month')).toEqual(['hour', 'day', 'week'])
  expect(unitsOf('day')).toEqual(['hour'])
})

test('ratios of nobody are none', () => {
  const point = { from: '2026-03-02T00:00:00Z', to: '2026-03-09T00:00:00Z', is_partial: false }
  expect(stickyRatio({ ...point, units: 7, profiles: 10, active_units: 35, exactly: [] })).toBe(0.5)
  expect(stickyRatio({ ...point, units: 7, profiles: 0, active_units: 0, exactly: [] })).toBeNull()
  expect(pulse({ ...point, active: 5, new: 2, returning: 2, resurrecting: 1, dormant: 2 })).toBe(1.5)
  expect(pulse({ ...point, active: 5, new: 2, returning: 2, resurrecting: 1, dormant: 0 })).toBeNull()
})

test('a question is read from a URL or not at all', () => {
  for (const kind of ['retention', 'stickiness', 'lifecycle'] as const) {
    const ask = usual(kind, range)
    expect(readRetentionSearch({ ask })).toEqual({ ask })
  }
  for (const ask of [{ kind: 'retention', range }, { kind: 'funnel', range }, { kind: 'retention', range, start: {}, mode: { brackets: 'x' } }, '<script>']) {
    expect(readRetentionSearch({ ask })).toEqual({})
  }
})

test('cohorts that were over before anything was collected are left away, and no others', () => {
  const cohorts = ['2026-03-02T00:00:00Z', '2026-03-09T00:00:00Z', '2026-03-16T00:00:00+08:00'].map((to) => ({ to }))
  expect(knownCohorts(cohorts, '2026-03-02T00:00:00Z')).toEqual(cohorts.slice(1))
  expect(knownCohorts(cohorts, '2026-03-01T23:00:00Z')).toEqual(cohorts)
  expect(knownCohorts(cohorts, null)).toEqual(cohorts)
})
