import { isRecord, textOf } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { isNamedMatchers } from './paths-search.ts'
import type { TimeAsk } from './time.ts'

/** The question stands in the URL, and which stage is looked at. What is left out is the usual. */
export type TimeSearch = { readonly ask?: TimeAsk; readonly stage?: string }

export function readTimeSearch(search: Record<string, unknown>): TimeSearch {
  const ask = search['ask']
  const stage = textOf(search, 'stage')
  return { ...(isTimeAsk(ask) ? { ask } : {}), ...(stage === undefined ? {} : { stage }) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isTimeAsk(value: unknown): value is TimeAsk {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  return (
    ['string', 'undefined'].includes(typeof value['silence']) &&
    (value['filter'] === undefined || isRecord(value['filter'])) &&
    (value['own'] === undefined || isNamedMatchers(value['own']))
  )
}
