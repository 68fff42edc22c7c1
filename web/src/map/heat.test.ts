import { expect, test } from 'vitest'
import type { MapNumbers, StepNumbers } from '../api/map.ts'
import { heatBounds, heatLevel, heatValue } from './heat.ts'

const step = (id: string, exit_share: number, median_ms: number | null): StepNumbers => ({
  step: id,
  people: 10,
  share: 0.1,
  events: 10,
  reach: null,
  leave: median_ms === null ? null : { median_ms, p90_ms: median_ms },
  exits: 1,
  exit_share,
  returns: 0,
  return_share: 0,
  channels: [],
})

const numbers: MapNumbers = {
  range: { from: '', to: '', zone: 'UTC' },
  links: 0,
  taken: '',
  profiles: 100,
  events: 100,
  steps: [step('a', 0.5, 60_000), step('b', 0.1, 86_400_000), step('c', 0, null)],
  stages: [],
  transitions: [],
  coverage: { events_share: 1, paths_share: 1, unexplained: [] },
}

const levels = (heat: 'loss' | 'time' | 'returns') =>
  numbers.steps.map((it) => heatLevel(heatValue(it, heat), heatBounds(numbers, heat)))

test('the greatest loss is the hottest, none is cold', () => {
  expect(levels('loss')).toEqual([5, 1, 0])
})

test('times are leveled by ratio, and a step nobody leaves has none', () => {
  expect(levels('time')).toEqual([1, 5, 0])
  expect(heatBounds(numbers, 'time')).toHaveLength(5)
})

test('where nothing is lost everything is cold', () => {
  expect(heatBounds(numbers, 'returns')).toEqual([])
  expect(levels('returns')).toEqual([0, 0, 0])
})
