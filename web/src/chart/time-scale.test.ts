import { expect, test } from 'vitest'
import { timeScale } from './time-scale.ts'

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]

test('the scale begins and ends at a length that has a name', () => {
  const { at, ticks } = timeScale([13 * second, 5 * day], 20)
  expect(ticks[0]).toBe(10 * second)
  expect(ticks.at(-1)).toBe(7 * day)
  expect([at(10 * second), at(7 * day)]).toEqual([0, 1])
})

test('equal factors are equally far apart, and nothing lies outside', () => {
  const { at } = timeScale([second, day], 20)
  expect(at(10 * minute) - at(minute)).toBeCloseTo(at(10 * hour) - at(hour))
  expect([at(0), at(1_000 * day)]).toEqual([0, 1])
})

test('few ticks where there is little room, none where nothing is known', () => {
  expect(timeScale([second, 300 * day], 4).ticks.length).toBeLessThanOrEqual(4)
  expect(timeScale([], 4).ticks).toEqual([])
})
