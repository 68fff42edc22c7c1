import type { WorkTime } from '../api/work-time.ts'
import { isRecord, textOf } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { isNamedMatchers } from './paths-search.ts'
import type { TimeAsk } from './time.ts'

/** The question stands in the URL, and which stage or step is looked at. With `work` it is about waiting and work. */
export type TimeSearch = { readonly ask?: TimeAsk; readonly work?: WorkTime; readonly stage?: string }

export function readTimeSearch(search: Record<string, unknown>): TimeSearch {
  const ask = search['ask']
  const work = search['work']
  const stage = textOf(search, 'stage')
  return { ...(isTimeAsk(ask) ? { ask } : {}), ...(isWorkTime(work) ? { work } : {}), ...(stage === undefined ? {} : { stage }) }
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

function isWorkTime(value: unknown): value is WorkTime {
  if (!isRecord(value) || !isRecord(value['range']) || !Array.isArray(value['steps'])) return false
  return value['steps'].every((step) => isRecord(step) && typeof step['name'] === 'string' && isRecord(step['start']) && isRecord(step['end']))
}
