import { isRecord, oneOf } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { type PathsAsk, pathsBys, pathsModes } from './paths-ask.ts'

/** The question stands in the URL, so that a link shows the same. What is left out is the usual. */
export type PathsSearch = { readonly ask?: PathsAsk; readonly table?: 'elements' }

export function readPathsSearch(search: Record<string, unknown>): PathsSearch {
  const ask = search['ask']
  const table = oneOf(search, 'table', ['elements'])
  return { ...(isPathsAsk(ask) ? { ask } : {}), ...(table === undefined ? {} : { table }) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isPathsAsk(value: unknown): value is PathsAsk {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  if (oneOf(value, 'mode', pathsModes) === undefined || oneOf(value, 'by', pathsBys) === undefined) return false
  const isCount = (it: unknown) => typeof it === 'number' && Number.isInteger(it) && it > 0
  return (
    [value['length'], value['branches'], value['top']].every(isCount) &&
    [value['anchor'], value['goal'], value['filter']].every((it) => it === undefined || isRecord(it)) &&
    ['string', 'undefined'].includes(typeof value['pause']) &&
    ['string', 'undefined'].includes(typeof value['field']) &&
    (value['tail'] === undefined || value['tail'] === true) &&
    (value['occurrence'] === undefined || value['occurrence'] === 'last' || isCount(value['occurrence'])) &&
    (value['own'] === undefined || isNamedMatchers(value['own']))
  )
}

export function isNamedMatchers(value: unknown): boolean {
  return Array.isArray(value) && value.every((it) => isRecord(it) && typeof it['name'] === 'string' && isRecord(it['matcher']))
}
