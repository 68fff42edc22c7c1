import type { Drivers } from '../api/drivers.ts'
import { isRecord } from '../lib/read.ts'
import { readFunnelSearch } from './funnel-search.ts'

/** The question stands in the URL, so that a link shows the same. */
export type DriversSearch = { readonly ask?: Drivers }

export function readDriversSearch(search: Record<string, unknown>): DriversSearch {
  const ask = search['ask']
  return isDrivers(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isDrivers(value: unknown): value is Drivers {
  // The range, the steps and the people are written as those of a funnel.
  if (!isRecord(value) || readFunnelSearch({ ask: value }).ask === undefined) return false
  const areNames = (it: unknown) => it === undefined || (Array.isArray(it) && it.every((name) => typeof name === 'string'))
  return areNames(value['fields']) && areNames(value['entry_fields']) && areNames(value['traits'])
}
