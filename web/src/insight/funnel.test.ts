import { expect, test } from 'vitest'
import type { Funnel, FunnelAnswer } from '../api/funnel.ts'
import { readFunnelSearch } from './funnel-search.ts'
import { editFunnel, filterBy, funnelRows, isAskable, trendRows } from './funnel.ts'

const step = (name: string) => ({ name, matcher: { events: [name] } })
const funnel: Funnel = { range: { last: '30d' }, steps: [step('a'), step('b'), step('c')] }

test('rates are of those who entered, and of the required step before', () => {
  const tally = (units: number) => ({ units, profiles: units })
  const at = (name: string, units: number, is_optional = false) => ({ name, is_optional, units, profiles: units, lost: tally(0), immature: tally(0) })
  const answer: FunnelAnswer = { steps: [at('a', 200), at('o', 50, true), at('b', 100)], converted: { part: 100, whole: 200 }, lines: [], trend: [], times: [] }
  expect(funnelRows(answer).map((it) => [it.reached, it.passed])).toEqual([
    [1, null],
    [0.25, 0.25],
    [0.5, 0.5],
  ])
})

test('nobody entered is no rate at all', () => {
  const none = { units: 0, profiles: 0 }
  const answer: FunnelAnswer = {
    steps: [{ name: 'a', is_optional: false, units: 0, profiles: 0, lost: none, immature: none }],
    converted: { part: 0, whole: 0 },
    lines: [],
    trend: [],
    times: [],
  }
  expect(funnelRows(answer)[0]?.reached).toBeNull()
})

test('what points at a step goes with it', () => {
  const full: Funnel = {
    ...funnel,
    steps: [step('a'), { ...step('b'), optional: true }, step('c')],
    exclusions: [{ matcher: {}, after: 0, before: 2 }],
    breakdown: { field: 'channel', attribution: { step: 2 } },
  }
  const removed = editFunnel(full, { kind: 'remove', index: 2 })
  expect(removed.exclusions).toEqual([])
  expect(removed.breakdown).toEqual({ field: 'channel' })
  expect(removed.steps[1]?.optional).toBe(false)
})

test('attempts are counted at every entry', () => {
  expect(editFunnel(funnel, { kind: 'set', change: { unit: 'attempt' } }).entry).toBe('every')
})

test('a funnel is read from a URL or not at all', () => {
  expect(readFunnelSearch({ ask: funnel })).toEqual({ ask: funnel })
  expect(readFunnelSearch({ ask: { steps: [] } })).toEqual({})
  expect(readFunnelSearch({ ask: '<script>' })).toEqual({})
  expect(isAskable({ ...funnel, steps: [] })).toBe(false)
})

test('everybody who entered has converted, has missed it or may still convert, and open entries make no rate final', () => {
  const tally = (units: number) => ({ units, profiles: units })
  const point = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z', is_partial: false, steps: [10, 4], profiles: [9, 4], converted: tally(4), missed: tally(5), immature: tally(1) }
  const [row] = trendRows({ trend: [point] })
  expect(row).toMatchObject({ entered: 10, profiles: 9, rate: 0.4, open: { units: 1 } })
})

test('a filter that is asked otherwise takes hold when it did', () => {
  const rule = { where: { field: 'channel', test: { is: ['web'] } } }
  expect(filterBy({}, rule)).toEqual({ rule, when: 'before' })
  expect(filterBy({ filter: { rule: { all: [] }, when: 'after' } }, rule)).toEqual({ rule, when: 'after' })
  expect(filterBy({ filter: { rule, when: 'after' } }, null)).toBeNull()
})
