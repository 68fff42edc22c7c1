import { expect, test } from 'vitest'
import { type Act, type Draft, isBehind, isChanged, startDraft, step } from './draft.ts'

const begun = startDraft({ version: 3, value: ['a'] })
const add = (word: string): Act<string[]> => ({ kind: 'change', by: (now) => [...now, word] })
const after = (...acts: readonly Act<string[]>[]): Draft<string[]> => acts.reduce(step, begun)

test('a draft is written over the version on which it was begun', () => {
  const draft = after(add('b'))
  expect(isBehind(draft, { version: 4, value: ['other'] })).toBe(false)
  expect(draft.base.version).toBe(3)
})

test('what nobody has touched follows the server', () => {
  expect(isBehind(begun, { version: 4, value: ['other'] })).toBe(true)
  expect(isBehind(begun, { version: 3, value: ['a'] })).toBe(false)
  // An older answer that comes late is no news.
  expect(isBehind(after({ kind: 'saved', base: { version: 5, value: ['a'] } }), { version: 4, value: ['x'] })).toBe(false)
})

test('what is written while it is being saved is still to be saved', () => {
  const draft = after(add('b'), add('c'), { kind: 'saved', base: { version: 4, value: ['a', 'b'] } })
  expect([draft.base.version, isChanged(draft), draft.history.present]).toEqual([4, true, ['a', 'b', 'c']])
  expect(isChanged(step(draft, { kind: 'undo' }))).toBe(false)
})

test('a change that is taken back is none', () => {
  expect(isChanged(after(add('b'), { kind: 'change', by: () => ['a'] }))).toBe(false)
})
