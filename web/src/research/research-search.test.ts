import { expect, test } from 'vitest'
import { askedFor, readResearchSearch } from './research-search.ts'

test.each([
  [{}, {}],
  [{ q: 'slow', method: 'interview', tag: '#1', tab: 'quotes' }, { q: 'slow', method: 'interview', tag: '#1' }],
  [{ method: 'guess', q: '', study: 7 }, { study: '7' }],
  [{ step: 'pay' }, {}],
  [{ map: 'm', step: 'pay' }, { map: 'm', step: 'pay' }],
  [{ map: 'm', step: 'pay', tab: 'notes', segment: 's' }, { segment: 's', tab: 'notes' }],
])('%j is read as %j', (search, read) => {
  expect(readResearchSearch(search)).toEqual(read)
})

test('the server is not asked for a tab', () => {
  expect(askedFor({ tab: 'notes', q: 'slow' })).toEqual({ q: 'slow' })
})
