import type { Bottlenecks } from '../api/bottlenecks.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The report stands in the URL, so that a link shows the same. */
export type BottlenecksSearch = { readonly ask?: Bottlenecks }

export function readBottlenecksSearch(search: Record<string, unknown>): BottlenecksSearch {
  const ask = search['ask']
  return isBottlenecks(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isBottlenecks(value: unknown): value is Bottlenecks {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const { by, stages } = value
  return (by === undefined || Array.isArray(by)) && (stages === undefined || stages === null || Array.isArray(stages))
}
