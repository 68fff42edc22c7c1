import type { Attribution } from '../api/attribution.ts'
import { isRecord, oneOf } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { type Show, shows } from './attribution.ts'

/** The report stands in the URL, so that a link shows the same. What is left out is the usual. */
export type AttributionSearch = { readonly ask?: Attribution; readonly show?: Show }

export function readAttributionSearch(search: Record<string, unknown>): AttributionSearch {
  const ask = search['ask']
  const show = oneOf(search, 'show', shows)
  return { ...(isAttribution(ask) ? { ask } : {}), ...(show === undefined ? {} : { show }) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isAttribution(value: unknown): value is Attribution {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people']) || !isRecord(value['conversion'])) return false
  const { touch, direct } = value
  return [touch, direct].every((it) => it === undefined || it === null || isRecord(it))
}
