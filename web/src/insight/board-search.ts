import type { Board } from '../api/channels.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The report stands in the URL, so that a link shows the same. */
export type BoardSearch = { readonly ask?: Board }

export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const ask = search['ask']
  return isBoard(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isBoard(value: unknown): value is Board {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people']) || !isRecord(value['goal'])) return false
  const { contacts } = value
  return contacts === undefined || contacts === null || isRecord(contacts)
}
