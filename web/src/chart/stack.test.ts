import { expect, test } from 'vitest'
import { stack } from './stack.ts'

test('pieces lie upon each other, and those below the line hang from it', () => {
  const { stacks, marks } = stack([[10, 20, 5]], [false, false, true])
  expect(stacks[0]).toEqual([
    { from: 0, to: 10 },
    { from: 10, to: 30 },
    { from: -5, to: 0 },
  ])
  expect(marks).toEqual([-10, 0, 10, 20, 30])
})

test('nothing has an axis of one mark', () => {
  expect(stack([], [false]).marks).toEqual([0])
  expect(stack([[0, 0]], [false, true]).marks).toEqual([0])
})
