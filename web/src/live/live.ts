import type { LiveEvent } from '../api/live.ts'
import type { Channel } from '../api/model.ts'
import { hasWords } from '../lib/fold.ts'

/** What the live page holds: what is shown, and what came while it stood still. */
export type LiveState = {
  readonly shown: readonly LiveEvent[]
  readonly waiting: readonly LiveEvent[]
  readonly isPaused: boolean
}

export type LiveAction =
  | { readonly kind: 'loaded'; readonly events: readonly LiveEvent[] }
  | { readonly kind: 'came'; readonly events: readonly LiveEvent[] }
  | { readonly kind: 'pause' }
  | { readonly kind: 'go_on' }

export const startLive: LiveState = { shown: [], waiting: [], isPaused: false }

/** Older events than this are left to profiles and reports. */
export const EVENTS_MAX = 500

export function reduceLive(state: LiveState, action: LiveAction): LiveState {
  switch (action.kind) {
    case 'loaded':
      return { ...state, shown: join(state.shown, action.events) }
    case 'came':
      return state.isPaused
        ? { ...state, waiting: join(action.events, state.waiting) }
        : { ...state, shown: join(action.events, state.shown) }
    case 'pause':
      return { ...state, isPaused: true }
    case 'go_on':
      return { shown: join(state.waiting, state.shown), waiting: [], isPaused: false }
  }
}

/** Newer events before older ones, each once. */
function join(newer: readonly LiveEvent[], older: readonly LiveEvent[]): readonly LiveEvent[] {
  const known = new Set(newer.map(keyOf))
  return [...newer, ...older.filter((it) => !known.has(keyOf(it)))].slice(0, EVENTS_MAX)
}

/** A duplicate has the number of the event it doubles, so that number alone does not tell events apart. */
export function keyOf(event: LiveEvent): string {
  return `${event.seq} ${event.verdict} ${event.received}`
}

export type LiveFilter = {
  readonly text: string
  readonly channel: Channel | null
  readonly verdict: LiveEvent['verdict'] | null
}

export function filterLive(events: readonly LiveEvent[], filter: LiveFilter): readonly LiveEvent[] {
  return events.filter(
    (it) =>
      (filter.channel === null || it.channel === filter.channel) &&
      (filter.verdict === null || it.verdict === filter.verdict) &&
      hasWords(`${it.name} ${it.label}`, filter.text.trim()),
  )
}
