import { expect, test } from 'vitest'
import type { Change } from '../api/workspace.ts'
import { directionOf, progressOf } from './home.ts'

const change = (kind: Change['kind'], now: number, before: number): Change => ({ kind, subject: 'x', now, before, change: null, interval: null })

test('a share goes where its numbers go', () => {
  expect(directionOf(change('stage_share', 0.2, 0.3))).toBe('down')
  expect(directionOf(change('stage_share', 0.3, 0.2))).toBe('up')
  expect(directionOf(change('silent_event', 0, 10))).toBe('silent')
})

test('the next step is the first that is not done', () => {
  const steps = [
    { kind: 'connect', done: true },
    { kind: 'discover_map', done: false },
    { kind: 'invite', done: false },
  ] as const
  expect(progressOf(steps)).toEqual({ done: 1, next: steps[1] })
  expect(progressOf([{ kind: 'connect', done: true }]).next).toBeUndefined()
})
