import { expect, test } from 'vitest'
import { fromStart, shareAt, topShare } from './survival.ts'

const point = (ms: number, share: number) => ({ ms, share, low: share, high: share })

test('a curve begins with all and stays as it is until it falls', () => {
  const points = [point(10, 0.75), point(40, 0.5)]
  expect(fromStart(points).map((it) => it.share)).toEqual([1, 0.75, 0.5])
  expect([0, 9, 10, 39, 1_000].map((ms) => shareAt(points, ms))).toEqual([1, 1, 0.75, 0.75, 0.5])
})

test('a share that rises begins with nobody', () => {
  expect(fromStart([point(10, 0.25)], 0).map((it) => it.share)).toEqual([0, 0.25])
})

test('nothing is drawn where nobody left', () => {
  expect(fromStart([])).toEqual([])
})

test('the scale ends at a round share above the largest', () => {
  expect([0.03, 0.04, 0.41, 0.81, 1].map(topShare)).toEqual([0.04, 0.04, 0.6, 1, 1])
})
