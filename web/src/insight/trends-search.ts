import type { Trends } from '../api/trends.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'

/** The question stands in the URL with the lines that are drawn, so that a link shows the same. */
export type TrendsSearch = { readonly ask?: Trends; readonly drawn?: readonly string[] }

export function readTrendsSearch(search: Record<string, unknown>): TrendsSearch {
  const { ask, drawn } = search
  return { ...(isTrends(ask) ? { ask } : {}), ...(isTexts(drawn) ? { drawn } : {}) }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((it) => typeof it === 'string')
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isTrends(value: unknown): value is Trends {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const { series, formulas = [], display = 'plain' } = value
  const isNamed = (it: unknown) => isRecord(it) && typeof it['name'] === 'string'
  const isMeasured = (it: unknown) => it === undefined || typeof it === 'string' || isRecord(it)
  const isSeries = (it: unknown) => isRecord(it) && isNamed(it) && isRecord(it['matcher']) && isMeasured(it['measure'])
  const isFormula = (it: unknown) => isRecord(it) && isNamed(it) && typeof it['expression'] === 'string'
  if (!Array.isArray(series) || !series.every(isSeries)) return false
  if (!Array.isArray(formulas) || !formulas.every(isFormula)) return false
  return typeof display === 'string' || (isRecord(display) && typeof display['moving'] === 'number')
}
