import { expect, test } from 'vitest'
import { isShared, readPeople } from './people-search.ts'

test('a list of a stored map is read back', () => {
  const people = { of: { map: 'checkout' }, select: { step: 'pay' }, title: 'Pays' }
  expect(readPeople({ people })).toEqual(people)
})

test('what is not a people list is left out', () => {
  for (const people of [undefined, 'x', {}, { of: {} }, { of: { draft: { title: 'x' } }, select: 1 }, { of: { report: { kind: 7 } } }]) {
    expect(readPeople({ people })).toBeUndefined()
  }
})

test('a draft is never shared by its address', () => {
  const map = { title: 'x', kind: 'current', goal: {}, range: { all: true }, stages: [] } as const
  expect(isShared({ of: { draft: map }, select: {}, title: '' })).toBe(false)
  expect(isShared({ of: { map: 'x' }, select: {}, title: '' })).toBe(true)
})

test('a list of then says of how many lines of the link log, and nothing else is taken for that', () => {
  const people = { of: { report: { kind: 'counts', range: { all: true } } }, select: { kind: 'counts' }, title: 'All', asOf: 0 }
  expect(readPeople({ people })).toEqual(people)
  for (const asOf of [-1, 1.5, '3', null, Number.NaN]) expect(readPeople({ people: { ...people, asOf } })).not.toHaveProperty('asOf')
})
