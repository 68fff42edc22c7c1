import type { Promises } from '../api/promises.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The report stands in the URL, so that a link shows the same. */
export type PromisesSearch = { readonly ask?: Promises }

export function readPromisesSearch(search: Record<string, unknown>): PromisesSearch {
  const ask = search['ask']
  return isPromises(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isPromises(value: unknown): value is Promises {
  return isRecord(value) && isRecord(value['range']) && typeof value['object'] === 'string' && isPeoplePart(value['people']) && areHours(value['bounds_hours'])
}

function areHours(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((it) => typeof it === 'number'))
}
