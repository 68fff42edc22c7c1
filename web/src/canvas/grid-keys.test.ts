import { expect, test } from 'vitest'
import { moveInGrid } from './grid-keys.ts'

const at = { row: 1, column: 1 }

test.each([
  ['ArrowRight', false, { row: 1, column: 2 }],
  ['ArrowUp', false, { row: 0, column: 1 }],
  ['Home', false, { row: 1, column: 0 }],
  ['End', true, { row: 2, column: 3 }],
  ['PageDown', false, { row: 2, column: 1 }],
] as const)('%s moves', (key, withControl, expected) => {
  expect(moveInGrid(at, key, withControl, 3, 4)).toEqual(expected)
})

test('the edge holds', () => {
  expect(moveInGrid({ row: 2, column: 3 }, 'ArrowRight', false, 3, 4)).toEqual({ row: 2, column: 3 })
  expect(moveInGrid({ row: 0, column: 0 }, 'ArrowUp', false, 3, 4)).toEqual({ row: 0, column: 0 })
})

test('other keys are left to the cell', () => {
  expect(moveInGrid(at, 'Enter', false, 3, 4)).toBeNull()
  expect(moveInGrid(at, 'a', false, 3, 4)).toBeNull()
})
