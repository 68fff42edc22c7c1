import { expect, test } from 'vitest'
import { canAskChoice, oddsReach, plainChoice, readChoiceSearch } from './choice.ts'

const range = { last: '30d', zone: 'UTC' } as const

test('a choice is asked with its events and something that it may hang on', () => {
  const plain = plainChoice(range)
  expect(canAskChoice(plain)).toBe(false)
  expect(canAskChoice({ ...plain, goal: { events: ['buy'] } })).toBe(false)
  expect(canAskChoice({ ...plain, goal: { events: ['buy'] }, fields: ['source'] })).toBe(true)
  expect(canAskChoice({ ...plain, goal: { events: ['buy'] }, before: [{ name: ' ', matcher: {} }] })).toBe(false)
})

test('half the odds reach as far as twice the odds, and what is endless reaches no further', () => {
  const factor = (odds: number, low: number, high: number) => ({ odds, interval: { low, high } })
  expect(oddsReach([])).toBeCloseTo(Math.log(2))
  expect(oddsReach([factor(0.25, 0.125, 0.5)])).toBeCloseTo(Math.log(8))
  expect(oddsReach([factor(4, 0, Number.POSITIVE_INFINITY)])).toBeCloseTo(Math.log(4))
})

test('a question is read from an address or not at all', () => {
  const ask = { ...plainChoice(range), goal: { events: ['buy'] }, before: [{ name: 'a', matcher: {} }] }
  expect(readChoiceSearch({ ask })).toEqual({ ask })
  expect(readChoiceSearch({ ask: { ...ask, traits: [1] } })).toEqual({})
  expect(readChoiceSearch({ ask: { ...ask, by: { field: 'a' } } })).toEqual({})
})
