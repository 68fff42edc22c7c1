import type { Funnel } from '../api/funnel.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The funnel stands in the URL, so that a link shows the same. What is left out is the usual. */
export type FunnelSearch = { readonly ask?: Funnel }

export function readFunnelSearch(search: Record<string, unknown>): FunnelSearch {
  const ask = search['ask']
  return isFunnel(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isFunnel(value: unknown): value is Funnel {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people']) || !Array.isArray(value['steps'])) return false
  return value['steps'].every((step) => isRecord(step) && typeof step['name'] === 'string' && isRecord(step['matcher']))
}
