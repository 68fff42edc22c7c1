import { expect, test } from 'vitest'
import { clockTime, instantOf } from './clock-time.ts'

test.each([
  ['2026-03-01T09:30:00Z', 'UTC', '2026-03-01T09:30:00'],
  ['2026-03-01T20:30:05.250Z', 'Asia/Shanghai', '2026-03-02T04:30:05'],
  ['2026-07-01T00:00:00Z', 'America/New_York', '2026-06-30T20:00:00'],
  ['2026-03-01T00:00:00Z', 'UTC', '2026-03-01T00:00:00'],
])('%s in %s is %s on the clock', (instant, zone, shown) => {
  expect(clockTime(instant, zone)).toBe(shown)
})

test.each([
  ['2026-03-02T04:30:05', 'Asia/Shanghai', '2026-03-01T20:30:05.000Z'],
  ['2026-06-30T20:00', 'America/New_York', '2026-07-01T00:00:00.000Z'],
  // Berlin skips from two to three in March, and has the hour from two to three twice in October.
  ['2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
])('%s on the clock in %s is %s', (shown, zone, instant) => {
  expect(instantOf(shown, zone)).toBe(instant)
})

test.each(['', 'yesterday', '2026-13-01T00:00', '2026-03-01'])('%j is no time', (shown) => {
  expect(instantOf(shown, 'UTC')).toBeNull()
})
