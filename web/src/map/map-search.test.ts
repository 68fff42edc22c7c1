import { expect, test } from 'vitest'
import { readMapSearch } from './map-search.ts'

test('what a link holds is read back', () => {
  const search = { view: 'flow', heat: 'loss', range: { last: '7d', zone: 'UTC' }, panel: 'coverage', step: 'pay', least: 0.05 } as const
  expect(readMapSearch(search)).toEqual(search)
})

test('the usual is left out, so that addresses stay short', () => {
  expect(readMapSearch({ view: 'grid', heat: 'none' })).toEqual({})
})

test('what makes no sense is left out', () => {
  const search = { view: 'cube', heat: 1, range: { between: { from: '1', to: '2' } }, panel: 'x', step: '', least: 7 }
  expect(readMapSearch(search)).toEqual({})
  expect(readMapSearch({ range: { last: 'soon' } })).toEqual({})
})
