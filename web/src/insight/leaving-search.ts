import type { LastTouch } from '../api/last-touch.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The question stands in the URL, so that a link shows the same. What is left out is the usual. */
export type LeavingSearch = { readonly ask?: LastTouch }

export function readLeavingSearch(search: Record<string, unknown>): LeavingSearch {
  const ask = search['ask']
  return isLastTouch(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isLastTouch(value: unknown): value is LastTouch {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const isText = (it: unknown) => it === undefined || typeof it === 'string'
  return isText(value['by']) && isText(value['silence']) && isText(value['period'])
}
