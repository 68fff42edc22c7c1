import { expect, test } from 'vitest'
import { mapNumbers, stepNumbers } from './fixture.ts'
import { heatBounds, heatLevel, heatValue } from './heat.ts'

const step = (id: string, exit_share: number, median_ms: number | null) =>
  stepNumbers(id, { exit_share, leave: median_ms === null ? null : { n: 1, median_ms, p90_ms: median_ms } })

const numbers = mapNumbers([step('a', 0.5, 60_000), step('b', 0.1, 86_400_000), step('c', 0, null)])

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
