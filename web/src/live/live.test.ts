import { expect, test } from 'vitest'
import type { LiveEvent } from '../api/live.ts'
import { EVENTS_MAX, filterLive, type LiveAction, reduceLive, startLive } from './live.ts'

const event = (seq: string, more: Partial<LiveEvent> = {}): LiveEvent => ({
  seq,
  time: '',
  received: '',
  name: `event ${seq}`,
  kind: 'track',
  channel: 'web',
  profile: 1,
  label: 'Lin',
  verdict: 'stored',
  reason: null,
  properties: {},
  context: {},
  ...more,
})
const run = (...actions: readonly LiveAction[]) => actions.reduce(reduceLive, startLive)
const came = (...seqs: readonly string[]): LiveAction => ({ kind: 'came', events: seqs.map((it) => event(it)) })
const seqs = (events: readonly LiveEvent[]) => events.map((it) => it.seq)

test('the newest event stands first', () => {
  expect(seqs(run(came('1'), came('2')).shown)).toEqual(['2', '1'])
})

test('what was loaded late is put behind, and nothing is doubled', () => {
  const state = run(came('3'), { kind: 'loaded', events: [event('3'), event('2')] })
  expect(seqs(state.shown)).toEqual(['3', '2'])
})

test('a duplicate is an event of its own', () => {
  const state = run(came('1'), { kind: 'came', events: [event('1', { verdict: 'duplicate' })] })
  expect(state.shown.map((it) => it.verdict)).toEqual(['duplicate', 'stored'])
})

test('while paused events wait, and come in order afterwards', () => {
  const paused = run(came('1'), { kind: 'pause' }, came('2'), came('3'))
  expect([seqs(paused.shown), seqs(paused.waiting)]).toEqual([['1'], ['3', '2']])
  const onward = reduceLive(paused, { kind: 'go_on' })
  expect([seqs(onward.shown), onward.waiting]).toEqual([['3', '2', '1'], []])
})

test('only so many are kept', () => {
  const many = Array.from({ length: EVENTS_MAX + 20 }, (_, index) => event(String(index)))
  expect(run({ kind: 'came', events: many }).shown).toHaveLength(EVENTS_MAX)
})

test('events are filtered by words, channel and verdict together', () => {
  const events = [event('1', { name: 'cart_added', label: '陈美玲' }), event('2', { channel: 'app' }), event('3', { verdict: 'quarantined' })]
  const all = { text: '', channel: null, verdict: null }
  expect(seqs(filterLive(events, { ...all, text: '陈 cart' }))).toEqual(['1'])
  expect(seqs(filterLive(events, { ...all, channel: 'app' }))).toEqual(['2'])
  expect(seqs(filterLive(events, { ...all, verdict: 'quarantined' }))).toEqual(['3'])
  expect(seqs(filterLive(events, all))).toEqual(['1', '2', '3'])
})
