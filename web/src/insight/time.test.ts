import { expect, test } from 'vitest'
import type { StageStays } from '../api/stage-time.ts'
import { readTimeSearch } from './time-search.ts'
import { changeTime, lackOfTime, nthShares, quartersOf, stageTimeOf, stayRows, type TimeAsk } from './time.ts'

const ask: TimeAsk = { range: { last: '30d' } }
const step = (name: string) => ({ name, matcher: { events: [name] } })
const stage: StageStays = {
  stage: { id: 'look', name: 'Look' },
  stays: { times: 10, profiles: 8 },
  still_in: { times: 2, profiles: 2 },
  silent: { times: 0, profiles: 0 },
  next: [
    { to: 'buy', passes: { times: 6, profiles: 5 } },
    { to: 'leave', passes: { times: 2, profiles: 2 } },
  ],
  quarter_ms: 1,
  median_ms: 5,
  curve: [{ ms: 1, share: 0.7, low: 0.4, high: 0.9 }],
  gave_up: [{ ms: 9, share: 0.1, low: 0.02, high: 0.3 }],
}

test('every stay ends once, or has not ended', () => {
  const [row] = stayRows([stage])
  expect(row?.outcomes.map((it) => [it.kind, it.to, it.times, it.share])).toEqual([
    ['next', 'buy', 6, 0.6],
    ['next', 'leave', 2, 0.2],
    ['still_in', null, 2, 0.2],
  ])
  expect(row?.outcomes.reduce((sum, it) => sum + it.times, 0)).toBe(row?.times)
})

test('a curve is labeled only as far as stays were seen to end', () => {
  expect(stayRows([stage]).map(quartersOf)).toEqual([[1, 5]])
})

test('a stage without stays has no shares', () => {
  const none = { times: 0, profiles: 0 }
  expect(stayRows([{ stage: stage.stage, stays: none, still_in: none, silent: none, next: [], curve: [], gave_up: [] }])[0]).toMatchObject({ outcomes: [], median: null })
})

test('own steps are asked once two of them name events', () => {
  expect(lackOfTime(ask, 0)).toBe('stages')
  expect(lackOfTime(ask, 5)).toBeNull()
  expect(lackOfTime({ ...ask, own: [step('a'), { name: 'b', matcher: {} }] }, 5)).toBe('own')
  expect(lackOfTime({ ...ask, own: [step('a'), step('b')] }, 0)).toBeNull()
  expect(stageTimeOf({ ...ask, own: [step('a'), { name: 'b', matcher: {} }], silence: '30d' })).toEqual({ ...ask, stages: [step('a')], silence_max: '30d' })
})

test('a choice is taken back by leaving it out', () => {
  expect(changeTime({ ...ask, own: [step('a')] }, { own: undefined })).toEqual(ask)
})

test('a question is read from a URL or not at all', () => {
  expect(readTimeSearch({ ask, stage: 'look' })).toEqual({ ask, stage: 'look' })
  expect(readTimeSearch({ ask: { ...ask, own: [{}] } })).toEqual({})
  expect(readTimeSearch({ ask: { range: 1 } })).toEqual({})
})

test('the parts of stays of one number add up to all of them', () => {
  const parts = nthShares({ nth: 2, is_or_later: false, stays: { times: 8, profiles: 8 }, next: { times: 4, profiles: 4 }, silent: { times: 3, profiles: 3 }, still_in: { times: 1, profiles: 1 } })
  expect(parts.map((it) => [it.part, it.share])).toEqual([
    ['next', 0.5],
    ['silent', 0.375],
    ['still_in', 0.125],
  ])
})
