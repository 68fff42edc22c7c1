import { expect, test } from 'vitest'
import type { ProfileEvent } from '../api/profile.ts'
import { daysOf, stageChanges } from './timeline.ts'

const event = (seq: string, time: string, stage: string | null = null): ProfileEvent => ({
  seq,
  time,
  name: 'x',
  kind: 'track',
  channel: 'web',
  touchpoint: null,
  stage,
  properties: {},
  context: {},
  received: time,
  source: 1,
})

const utcDay = (time: string) => time.slice(0, 10)

test('events are grouped by day, and silence between days is counted', () => {
  const days = daysOf([event('4', '2026-03-09T10:00:00Z'), event('3', '2026-03-05T23:00:00Z'), event('2', '2026-03-05T01:00:00Z'), event('1', '2026-03-04T09:00:00Z')], utcDay)
  expect(days.map((it) => [it.day, it.events.length, it.silence])).toEqual([
    ['2026-03-09', 1, 3],
    ['2026-03-05', 2, 0],
    ['2026-03-04', 1, 0],
  ])
})

test('a change of stage is marked where it happened, and once', () => {
  const events = [event('5', '', 'buy'), event('4', '', 'buy'), event('3', '', null), event('2', '', 'look'), event('1', '', 'look')]
  expect([...stageChanges(events)].sort()).toEqual(['1', '4'])
})

test('where the beginning is not known, it is not called a change', () => {
  expect([...stageChanges([event('2', '', 'look'), event('1', '', null)])]).toEqual([])
})
