import { expect, test } from 'vitest'
import { SESSION_IDLE_MS } from './limits.ts'
import { openStore, type Store } from './store.ts'
import { Visitor } from './visitor.ts'

/** A tab of a site, all of which share what is stored. */
function tab(store: Store): Visitor {
  const visitor = new Visitor(store)
  visitor.keep(0)
  return visitor
}

test('who is forgotten in one tab is forgotten in all', () => {
  const store = openStore(() => undefined)
  const [one, other] = [tab(store), tab(store)]
  one.know('ann')
  const before = { anonymous: other.anonymous, session: other.touch(0).id }
  expect([one.anonymous, other.user]).toEqual([before.anonymous, 'ann'])
  one.forget()
  expect(other.user).toBeUndefined()
  expect(other.anonymous).not.toBe(before.anonymous)
  expect(other.touch(1).id).not.toBe(before.session)
  expect([one.anonymous, one.touch(2).id]).toEqual([other.anonymous, other.touch(2).id])
})

test('nothing is stored before it may be, and what another tab has stored is taken', () => {
  const store = openStore(() => undefined)
  const [first, second] = [new Visitor(store), new Visitor(store)]
  first.know('ann')
  expect([first.anonymous === second.anonymous, first.touch(0).id === second.touch(0).id]).toEqual([false, false])
  expect(store.names()).toEqual([])
  const known = first.anonymous
  first.keep(0)
  second.keep(0)
  expect([first.anonymous, second.anonymous, second.user]).toEqual([known, known, 'ann'])
  expect(second.touch(1).id).toBe(first.touch(1).id)
  second.leaveStore()
  expect(second.anonymous).not.toBe(known)
  expect(store.names()).toEqual([])
})

test('ids of a tab that waited for consent give way to those of the site, save to a visit that is over', () => {
  const idle = SESSION_IDLE_MS
  for (const [now, goesOn] of [[idle - 1, true], [idle, false]] as const) {
    const store = openStore(() => undefined)
    const other = tab(store)
    const site = { anonymous: other.anonymous, session: other.touch(0).id }
    const waiting = new Visitor(store)
    const own = { anonymous: waiting.anonymous, session: waiting.touch(now).id }
    const renamed = waiting.keep(now)
    expect(renamed.get(own.anonymous)).toBe(site.anonymous)
    expect(renamed.get(own.session)).toBe(goesOn ? site.session : undefined)
    expect([waiting.anonymous, waiting.touch(now).id]).toEqual([site.anonymous, goesOn ? site.session : own.session])
  }
})
