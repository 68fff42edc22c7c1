import { expect, test } from 'vitest'
import { channels } from '../api/model.ts'
import { takesAll, tidy, toggle } from './matcher.ts'

test('a name goes in and out, and an empty list is left out', () => {
  const once = toggle({}, 'events', 'purchase', channels)
  const twice = toggle(once, 'touchpoints', 'checkout_page', channels)
  expect(twice).toEqual({ events: ['purchase'], touchpoints: ['checkout_page'] })
  expect(toggle(toggle(twice, 'events', 'purchase', channels), 'touchpoints', 'checkout_page', channels)).toEqual({})
  expect(toggle({}, 'signals', 'rage_click', channels)).toEqual({ signals: ['rage_click'] })
  expect(takesAll({ signals: ['rage_click'] })).toBe(false)
})

test('a channel that does not exist is not taken', () => {
  expect(toggle({}, 'channels', 'pigeon', channels)).toEqual({})
  expect(toggle({}, 'channels', 'sms', channels)).toEqual({ channels: ['sms'] })
})

test('the empty matcher takes every event', () => {
  expect(takesAll({ events: [], rule: null })).toBe(true)
  expect(takesAll({ rule: { all: [] } })).toBe(false)
  expect(tidy({ events: [], channels: ['web'] })).toEqual({ channels: ['web'] })
})
