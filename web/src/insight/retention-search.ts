import type { ReturnQuestion } from '../api/retention.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The question stands in the URL, so that a link shows the same. */
export type RetentionSearch = { readonly ask?: ReturnQuestion }

export function readRetentionSearch(search: Record<string, unknown>): RetentionSearch {
  const ask = search['ask']
  return isQuestion(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isQuestion(value: unknown): value is ReturnQuestion {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const mode = value['mode']
  if (isRecord(mode) && !(Array.isArray(mode['brackets']) && mode['brackets'].every(isRecord))) return false
  return value['kind'] === 'retention' ? isRecord(value['start']) : value['kind'] === 'stickiness' || value['kind'] === 'lifecycle'
}
