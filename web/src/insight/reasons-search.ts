import type { Reasons } from '../api/reasons.ts'
import { isRecord } from '../lib/read.ts'
import { readFunnelSearch } from './funnel-search.ts'

/** The question stands in the URL, so that a link shows the same. */
export type ReasonsSearch = { readonly ask?: Reasons }

export function readReasonsSearch(search: Record<string, unknown>): ReasonsSearch {
  const ask = search['ask']
  return isReasons(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isReasons(value: unknown): value is Reasons {
  // The range, the steps and the people are written as those of a funnel.
  if (!isRecord(value) || readFunnelSearch({ ask: value }).ask === undefined) return false
  const { reasons, quotes } = value
  const areNames = quotes === undefined || (Array.isArray(quotes) && quotes.every((name) => typeof name === 'string'))
  return areNames && Array.isArray(reasons) && reasons.every(isReason)
}

function isReason(value: unknown): boolean {
  if (!isRecord(value) || typeof value['name'] !== 'string' || !isRecord(value['sign'])) return false
  const { met, silence } = value['sign']
  return typeof silence === 'string' || (isRecord(met) && isRecord(met['matcher']))
}
