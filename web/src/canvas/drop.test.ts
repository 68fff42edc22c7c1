import { expect, test } from 'vitest'
import { dropIndex } from './drop.ts'

const columns = [0, 100, 200].map((left) => ({ left, width: 100 }))

test.each([
  [-20, 0],
  [40, 0],
  [60, 1],
  [240, 2],
  [260, 3],
  [900, 3],
])('let go at %d, it falls before column %d', (x, index) => {
  expect(dropIndex(x, columns)).toBe(index)
})
