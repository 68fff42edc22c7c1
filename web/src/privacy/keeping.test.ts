import { expect, test } from 'vitest'
import type { Keeping } from '../api/keeping.ts'
import { byCount, daysOf, limitsNothing, typedDays, withEvent, withEventDays, withoutEvent } from './keeping.ts'

test('days are a whole number above nothing, and else for ever', () => {
  expect(['30', ' 7 ', '', '0', '-3', 'x'].map(daysOf)).toEqual([30, 7, null, null, null, null])
  expect([30, null, undefined].map(typedDays)).toEqual(['30', '', ''])
})

test('an event is there once, with days of its own or for ever', () => {
  const none: Keeping = {}
  const one = withEvent(withEvent(none, 'seen'), 'seen')
  expect(one.events).toEqual([{ event: 'seen', days: null }])
  expect(limitsNothing(one)).toBe(true)
  const limited = withEventDays(withEvent(one, 'bought'), 'bought', 9)
  expect(limited.events).toEqual([
    { event: 'seen', days: null },
    { event: 'bought', days: 9 },
  ])
  expect(limitsNothing(limited)).toBe(false)
  expect(limitsNothing(withoutEvent(limited, 'bought'))).toBe(true)
})

test('what goes most is named first', () => {
  const found = { by_event: { a: 1, c: 5, b: 5 }, events: 11, held_back: 0, profiles: 0, records: 0, rows: 0 }
  expect(byCount(found)).toEqual([
    ['b', 5],
    ['c', 5],
    ['a', 1],
  ])
})
