import { expect, test } from 'vitest'
import type { Narrow } from '../api/dashboard.ts'
import { isOwnView, narrowOf, readBoardSearch } from './board-search.ts'

const kept: Narrow = { range: { last: '30d' }, filter: { where: { field: 'channel', test: { is: ['web'] } } }, people: { listed: [1] } }

test('an address without choices leaves what the dashboard says', () => {
  expect(narrowOf(kept, {})).toEqual(kept)
  expect(isOwnView({})).toBe(false)
})

test('a choice takes the place of what the dashboard says, and null takes it away', () => {
  expect(narrowOf(kept, { range: { last: '7d' } })).toEqual({ ...kept, range: { last: '7d' } })
  expect(narrowOf(kept, { range: null, filter: null })).toEqual({ people: { listed: [1] } })
  expect(isOwnView({ filter: null })).toBe(true)
})

test('what is no range or rule is not read', () => {
  expect(readBoardSearch({ range: 'x', filter: 3 })).toEqual({})
  expect(readBoardSearch({ range: { last: '7d' }, filter: null })).toEqual({ range: { last: '7d' }, filter: null })
})
