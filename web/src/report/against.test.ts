import { expect, test } from 'vitest'
import { kindOfAgainst, lackFor, readAgainst, startOf } from './against.ts'

const start = { rule: { segment: { id: 's' } }, day: '2026-03-01' } as const

test('what is chosen is read back from the URL as it was', () => {
  for (const kind of ['rest', 'everybody', 'people', 'before', 'year_before', 'days'] as const) {
    const against = startOf(kind, start)
    expect(readAgainst(JSON.parse(JSON.stringify(against)))).toEqual(against)
    expect(kindOfAgainst(against)).toBe(kind)
  }
})

test('what is no comparison is not read', () => {
  for (const value of ['after', 1, null, {}, { days: {} }, { days: { between: { from: 'x' } } }, { people: 3 }]) expect(readAgainst(value)).toBeUndefined()
})

test('nobody is left of everybody, and nothing is before everything', () => {
  const all = { range: { all: true, zone: 'UTC' } } as const
  const some = { range: { last: '30d', zone: 'UTC' }, people: { segment: { id: 's' } } } as const
  expect(lackFor('rest', all)).toBe('people')
  expect(lackFor('before', all)).toBe('days')
  expect(lackFor('people', all)).toBeNull()
  expect(lackFor('rest', some)).toBeNull()
  expect(lackFor('year_before', some)).toBeNull()
})
