import type { LiveEvent } from '../api/live.ts'
import { type Channel, channels } from '../api/model.ts'
import { oneOf, textOf } from '../lib/read.ts'

/** What of the live page stands in its URL. */
export type LiveSearch = {
  readonly q?: string | undefined
  readonly channel?: Channel | undefined
  readonly verdict?: LiveEvent['verdict'] | undefined
}

export function readLiveSearch(search: Record<string, unknown>): LiveSearch {
  const q = textOf(search, 'q')
  const channel = oneOf(search, 'channel', channels)
  const verdict = oneOf(search, 'verdict', ['stored', 'duplicate', 'quarantined'])
  return { ...(q === undefined ? {} : { q }), ...(channel === undefined ? {} : { channel }), ...(verdict === undefined ? {} : { verdict }) }
}
