import { expect, test } from 'vitest'
import { hold, type Call } from './early.ts'
import { HELD_CALLS_MAX } from './limits.ts'

/** What waits after these calls. */
const after = (...calls: readonly Call[]) => calls.reduce(hold, [] as readonly Call[])

const tracks = (count: number): Call[] => Array.from({ length: count }, (_, index) => ['track', 'seen', index])

test('what is told before init waits in its order, the latest of it where it is too much', () => {
  expect(after(['identify', 'ann'], ['track', 'a'])).toEqual([['identify', 'ann'], ['track', 'a']])
  expect(after(...tracks(HELD_CALLS_MAX + 3))).toEqual(tracks(HELD_CALLS_MAX + 3).slice(3))
})

test('a decision outlives what is told around it, and decisions are bounded as well', () => {
  const held = after(['consent', false], ...tracks(HELD_CALLS_MAX), ['reset'])
  expect(held).toHaveLength(HELD_CALLS_MAX)
  expect([held[0], held[1], held[HELD_CALLS_MAX - 1]]).toEqual([['consent', false], ['track', 'seen', 2], ['reset']])
  const decided = after(...Array.from({ length: HELD_CALLS_MAX + 1 }, (_, index): Call => ['consent', index % 2 === 0]))
  expect([decided.length, decided[HELD_CALLS_MAX - 1]]).toEqual([HELD_CALLS_MAX, ['consent', true]])
})
