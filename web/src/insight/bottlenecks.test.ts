import { expect, test } from 'vitest'
import type { Contrast } from '../api/bottlenecks.ts'
import { barOf, otherOf, spotOf, wholeOf, withField } from './bottlenecks.ts'

const passage = { entered: 40, passed: 10, immature: 0 }
const contrast: Contrast = {
  stage: { id: 'decision', name: 'Decision' },
  by: 'channel',
  label: { value: 'sms' },
  against: 'peers',
  own: passage,
  other: { ...passage, passed: 20 },
  difference: -0.25,
  interval: { low: -0.4, high: -0.1 },
  chance: 0.01,
  false_share: 0.02,
  is_sure: true,
  people: -10,
}

test('a place and what it is held against name their people', () => {
  expect(spotOf(contrast)).toEqual({ stage: 'decision', by: 'channel', label: { value: 'sms' } })
  expect(otherOf(contrast)).toEqual({ ...spotOf(contrast), is_of_peers: true })
  expect(otherOf({ ...contrast, against: 'past' })).toEqual({ ...spotOf(contrast), is_before: true })
})

test('fields are changed in place, added at the end, taken out, and never listed twice', () => {
  expect(withField(['channel'], 1, 'touchpoint')).toEqual(['channel', 'touchpoint'])
  expect(withField(['channel', 'touchpoint'], 0, '')).toEqual(['touchpoint'])
  expect(withField(['channel', 'touchpoint'], 1, 'channel')).toEqual(['channel'])
})

test('the longest bar is that of the largest contrast', () => {
  expect(barOf({ people: -5 }, [{ people: -10 }, { people: -5 }])).toBe(0.5)
})

test('hardly anybody is nobody, without a sign', () => {
  expect(Object.is(wholeOf(-0.3), 0)).toBe(true)
  expect(wholeOf(-19.6)).toBe(-20)
})
