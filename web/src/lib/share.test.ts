import { expect, test } from 'vitest'
import { shareOf } from './share.ts'

test('nothing has no share', () => {
  expect([shareOf(0, 0), shareOf(0, 4), shareOf(1, 4)]).toEqual([null, 0, 0.25])
})
