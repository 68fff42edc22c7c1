import { expect, test } from 'vitest'
import { boxesOf } from './survival.ts'

test('a curve that is known at points lies in the boxes between them', () => {
  const points = [
    { ms: 10, share: 0.75 },
    { ms: 40, share: 0.5 },
  ]
  expect(boxesOf(points)).toEqual([
    { from: 0, to: 10, high: 1, low: 0.75 },
    { from: 10, to: 40, high: 0.75, low: 0.5 },
  ])
  expect(boxesOf([])).toEqual([])
})
