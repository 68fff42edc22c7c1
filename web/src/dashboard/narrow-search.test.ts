import { expect, test } from 'vitest'
import type { Narrow } from '../api/dashboard.ts'
import { isOwnView, isWhole, narrowOf, readNarrowSearch } from './narrow-search.ts'

const kept: Narrow = { range: { last: '30d' }, filter: { where: { field: 'channel', test: { is: ['web'] } } }, people: { listed: [1] } }

test('an address without choices leaves what the dashboard says', () => {
  expect(narrowOf(kept, {})).toEqual(kept)
  expect(isOwnView({})).toBe(false)
})

test('a choice takes the place of what the dashboard says, and null takes it away', () => {
  expect(narrowOf(kept, { range: { last: '7d' } })).toEqual({ ...kept, range: { last: '7d' } })
  expect(narrowOf(kept, { range: null, filter: null })).toEqual({ people: { listed: [1] } })
  expect(isOwnView({ filter: null })).toBe(true)
  expect(narrowOf(kept, { who: null })).toEqual({ range: kept.range, filter: kept.filter })
  expect(narrowOf(kept, { who: { segment: { id: 'buyers' } } }).people).toEqual({ segment: { id: 'buyers' } })
  expect(isOwnView({ who: null })).toBe(true)
})

test('what is no range or rule is not read', () => {
  expect(readNarrowSearch({ range: 'x', filter: 3, who: { did: 'much' } })).toEqual({})
  expect(readNarrowSearch({ range: { last: '7d' }, filter: null })).toEqual({ range: { last: '7d' }, filter: null })
})

test('a condition without values is still being written', () => {
  const where = (test: object) => ({ where: { field: 'channel', test } }) as Parameters<typeof isWhole>[0]
  expect(isWhole(where({ is: [] }))).toBe(false)
  expect(isWhole({ all: [where({ is: ['web'] }), { not: where({ contains: '' }) }] })).toBe(false)
  expect(isWhole({ any: [where({ is: ['web'] }), where({ at_least: 0 })] })).toBe(true)
})
