import { expect, test } from 'vitest'
import type { PeopleRule } from '../api/model.ts'
import { both, countPeople, groupOf, isPeopleRule, kindsFor, makeLeaf, makeTimes, prunePeople, shownOf } from './people-rule.ts'

const bought = { did: { matcher: { events: ['buy'] } } } as const satisfies PeopleRule
const called = { did: { matcher: { channels: ['call'] } } } as const satisfies PeopleRule

const nothing = { stages: [], segments: [], traits: { fields: [] }, accounts: [], purposes: [] }

test('negations are taken off, and two of them are none', () => {
  expect(shownOf({ not: bought })).toEqual({ kind: 'leaf', leaf: bought, isNot: true })
  expect(shownOf({ not: { not: { any: [bought] } } })).toEqual({ kind: 'group', group: { any: [bought] }, isNot: false })
})

test('one condition stands alone, none is no rule', () => {
  expect(groupOf(bought)).toEqual({ all: [bought] })
  expect(prunePeople({ all: [bought] })).toEqual(bought)
  expect(prunePeople({ any: [] })).toBeNull()
})

test('conditions are counted through groups and negations', () => {
  expect(countPeople({ all: [bought, { not: { any: [called, bought] } }] })).toBe(3)
})

test('another condition is added without nesting', () => {
  expect(both(null, bought)).toEqual(bought)
  expect(both({ all: [called] }, bought)).toEqual({ all: [called, bought] })
  expect(both({ any: [called, bought] }, bought)).toEqual({ all: [{ any: [called, bought] }, bought] })
})

test('another kind of condition keeps what was chosen', () => {
  expect(makeLeaf('in_order', bought, nothing)).toEqual({ in_order: { steps: [{ events: ['buy'] }, {}] } })
  expect(makeLeaf('did', { in_order: { steps: [{ events: ['buy'] }, {}] } }, nothing)).toEqual({ did: { matcher: { events: ['buy'] }, times: { at_least: 1 } } })
})

test('only what a workspace has can be asked about', () => {
  expect(kindsFor(nothing)).toEqual(['did', 'in_order'])
  expect(kindsFor({ ...nothing, segments: [{ id: 'vip' }], traits: { fields: [{ field: 'plan' }] } })).toEqual(['did', 'in_order', 'segment', 'trait'])
  expect(kindsFor({ ...nothing, accounts: [{ account_type: 'company', traits: [] }] })).toEqual(['did', 'in_order', 'account'])
  expect(kindsFor({ ...nothing, purposes: [{ id: 'marketing', channels: [] }] })).toEqual(['did', 'in_order', 'consent'])
})

test('a condition on accounts starts from the first type and what was told of it', () => {
  const accounts = [{ account_type: 'company', traits: ['plan', 'seats'] }]
  expect(makeLeaf('account', bought, { ...nothing, accounts })).toEqual({ account: { account_type: 'company', name: 'plan', test: { exists: {} } } })
  expect(makeLeaf('account', bought, { ...nothing, accounts: [{ account_type: 'team', traits: [] }] })).toEqual({ account: { account_type: 'team', name: 'name', test: { exists: {} } } })
})

test('at least is at least once, the others may be never', () => {
  expect(makeTimes('at_least', 0)).toEqual({ at_least: 1 })
  expect(makeTimes('exactly', 0)).toEqual({ exactly: 0 })
  expect(makeTimes('at_most', Number.NaN)).toEqual({ at_most: 0 })
})

test.each([
  [bought, true],
  [{ all: [bought, { not: called }] }, true],
  [{ in_order: { steps: [{}, {}] } }, true],
  [{ stage: { id: 'buy' } }, true],
  [{ segment: { id: 'vip' } }, true],
  [{ trait: { name: 'plan', test: { is: ['pro'] } } }, true],
  [{ trait: { name: 'plan' } }, false],
  [{ account: { account_type: 'company', name: 'plan', test: { is: ['pro'] } } }, true],
  [{ account: { name: 'plan', test: { is: ['pro'] } } }, false],
  [{ did: {} }, false],
  [{ all: [bought], any: [] }, false],
  [{ all: bought }, false],
  [{ unknown: 1 }, false],
  ['x', false],
])('of %j it is %s that it can be drawn', (value, can) => {
  expect(isPeopleRule(value)).toBe(can)
})

test('a segment is the first that there is, until another is chosen', () => {
  expect(makeLeaf('segment', null, { ...nothing, segments: [{ id: 'loyal' }] })).toEqual({ segment: { id: 'loyal' } })
  expect(isPeopleRule({ segment: 'loyal' })).toBe(false)
})
