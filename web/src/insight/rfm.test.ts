import { expect, test } from 'vitest'
import type { RfmAnswer } from '../api/rfm.ts'
import { rfmGrid } from './rfm.ts'

const answer: RfmAnswer = {
  until: '2026-03-01T00:00:00Z',
  total: { profiles: 60, purchases: 100, value: 0 },
  unvalued: 0,
  cells: [
    { recency: 1, frequency: 1, group: 'hibernating', profiles: 45, purchases: 45, value: 0 },
    { recency: 5, frequency: 5, group: 'champions', profiles: 15, purchases: 55, value: 0 },
  ],
  groups: [],
  recency: [],
  frequency: [],
  money: [],
}

test('the most frequent are on top and the most recent to the right', () => {
  const grid = rfmGrid(answer)
  expect(grid.map((row) => row.length)).toEqual([5, 5, 5, 5, 5])
  expect(grid[0]?.[4]).toMatchObject({ recency: 5, frequency: 5, share: 0.25, heat: 2, isSmall: true })
  expect(grid[4]?.[0]).toMatchObject({ recency: 1, frequency: 1, share: 0.75, heat: 5, isSmall: false })
  expect(grid[2]?.[2]).toMatchObject({ cell: null, share: 0 })
})
