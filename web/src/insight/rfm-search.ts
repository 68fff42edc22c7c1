import type { Rfm } from '../api/rfm.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The report stands in the URL, so that a link shows the same. */
export type RfmSearch = { readonly ask?: Rfm }

export function readRfmSearch(search: Record<string, unknown>): RfmSearch {
  const ask = search['ask']
  return isRfm(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isRfm(value: unknown): value is Rfm {
  return isRecord(value) && isRecord(value['range']) && isPeoplePart(value['people']) && isRecord(value['purchase'])
}
