import { expect, test } from 'vitest'
import type { IdentityPolicy } from '../api/identity.ts'
import { isSame } from '../lib/same.ts'
import { limitOf, moved, plain, withRule } from './policy.ts'

const policy: IdentityPolicy = {
  types: [
    { kind: 'user', joins: true },
    { kind: 'email', joins: true, owners_max: 10 },
    { kind: 'phone', joins: true },
  ],
  traits: [],
}

const order = (it: IdentityPolicy) => it.types.map((rule) => rule.kind)

test('a type moves, and the user id stays the strongest', () => {
  expect(order(moved(policy, 'phone', -1))).toEqual(['user', 'phone', 'email'])
  expect(moved(policy, 'email', -1)).toBe(policy)
  expect(moved(policy, 'user', 1)).toBe(policy)
  expect(moved(policy, 'phone', 1)).toBe(policy)
})

test('policies are the same whatever is left out', () => {
  const isPlainlySame = (other: IdentityPolicy) => isSame(plain(policy), plain(other))
  expect(isPlainlySame({ ...policy, country: null })).toBe(true)
  expect(isPlainlySame(withRule(policy, 'phone', { owners_max: null }))).toBe(true)
  expect(isPlainlySame(withRule(policy, 'phone', { owners_max: 3 }))).toBe(false)
})

test('a device is shared by time with limits or without', () => {
  const email = plain(withRule(policy, 'email', { shared: {} }))
  expect(email.types[1]?.shared).toEqual({ gap_minutes_max: null, before_minutes_max: null })
  expect(isSame(email, plain(withRule(policy, 'email', { shared: { gap_minutes_max: null } })))).toBe(true)
  expect(isSame(email, plain(policy))).toBe(false)
  expect([limitOf('9', 10), limitOf('10', 10), limitOf('0', 0)]).toEqual([undefined, 10, 0])
})

test('a limit is a whole number, or none', () => {
  expect([limitOf(''), limitOf(' 7 '), limitOf('0'), limitOf('x'), limitOf('1.5')]).toEqual([null, 7, undefined, undefined, undefined])
})
