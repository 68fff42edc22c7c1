import { expect, test } from 'vitest'
import { barsOf, lateShare, openFrom } from './promises.ts'
import { readPromisesSearch } from './promises-search.ts'

const none = { objects: 0, profiles: 0 }

test('of few that are due the share is told, and that they are few', () => {
  expect(lateShare({ due: none, due_late: none })).toBeNull()
  expect(lateShare({ due: { objects: 4, profiles: 4 }, due_late: { objects: 1, profiles: 1 } })).toEqual({ share: 0.25, isSmall: true })
  expect(lateShare({ due: { objects: 30, profiles: 4 }, due_late: none })?.isSmall).toBe(false)
})

test('the share may still rise from the first period on whose promises are not all due', () => {
  const point = (pending: number, is_partial = false) => ({ point: { is_partial }, counts: { pending: { objects: pending, profiles: pending } } })
  expect(openFrom([point(0), point(0)])).toBeNull()
  expect(openFrom([point(0), point(2), point(0, true)])).toBe(1)
  expect(openFrom([point(1), point(0)])).toBe(0)
  expect(openFrom([point(0, true), point(0), point(0, true)])).toBe(2)
})

test('bins lie before the promise or after it', () => {
  const bars = barsOf([
    { upto_ms: -10, kept: { objects: 2, profiles: 1 } },
    { above_ms: -10, upto_ms: 0, kept: { objects: 4, profiles: 4 } },
    { above_ms: 0, kept: { objects: 1, profiles: 1 } },
  ])
  expect(bars.map((it) => [it.share, it.side])).toEqual([
    [0.5, 'before'],
    [1, 'before'],
    [0.25, 'after'],
  ])
})

test('only what can be drawn is read from an address', () => {
  const ask = { range: { all: true }, object: 'order' }
  expect(readPromisesSearch({ ask })).toEqual({ ask })
  expect(readPromisesSearch({ ask: { ...ask, bounds_hours: [0, 24] } })).toEqual({ ask: { ...ask, bounds_hours: [0, 24] } })
  const broken = [{ range: { all: true } }, { ...ask, bounds_hours: '24' }, { ...ask, bounds_hours: ['24'] }, { ...ask, bounds_hours: 24 }]
  expect(broken.map((it) => readPromisesSearch({ ask: it }))).toEqual(broken.map(() => ({})))
})
