import { expect, test } from 'vitest'
import { accountPath, readBy, traitPath } from './by.ts'

test('a path is read as it was written, whatever names have in them', () => {
  for (const name of ['plan', 'a.b', '"><b>', '\\', '套餐', 'line\nbreak']) {
    expect(readBy(traitPath(name))).toEqual({ kind: 'trait', name })
    for (const type of ['company', 'a.b', 'a\\.b', '公司', '\\\\']) {
      expect(readBy(accountPath(type, name))).toEqual({ kind: 'account', type, name })
    }
  }
  expect(accountPath('a.b', 'c.d')).toBe('accounts.a\\.b.c.d')
})

test('what is no trait is a field', () => {
  for (const field of ['channel', 'properties.traits.plan', 'accounts.company', 'accounts..plan', 'traits']) {
    expect(readBy(field)).toEqual({ kind: 'field', field })
  }
})
