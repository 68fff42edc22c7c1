import { isRecord } from '../lib/read.ts'
import type { DifferenceAsk } from './difference.ts'
import { readFunnelSearch } from './funnel-search.ts'

/** The two funnels stand in the URL, so that a link shows the same. */
export type DifferenceSearch = { readonly ask?: DifferenceAsk; readonly show?: 'entered' }

export function readDifferenceSearch(search: Record<string, unknown>): DifferenceSearch {
  const { ask, show } = search
  const side = (name: 'from' | 'to') => (isRecord(ask) ? readFunnelSearch({ ask: ask[name] }).ask : undefined)
  const [from, to] = [side('from'), side('to')]
  return {
    ...(from === undefined && to === undefined ? {} : { ask: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) } }),
    ...(show === 'entered' ? { show } : {}),
  }
}
