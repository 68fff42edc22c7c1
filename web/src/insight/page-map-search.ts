import type { PageMap } from '../api/page-map.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { type Layer, layers, type Shown, shownWidths } from './page-map.ts'

/** The report stands in the URL, and what of it is looked at. */
export type PageMapSearch = { readonly ask?: PageMap; readonly width?: Shown; readonly layer?: Layer }

export function readPageMapSearch(search: Record<string, unknown>): PageMapSearch {
  const ask = search['ask']
  const width = shownWidths.find((it) => it === search['width'])
  const layer = layers.find((it) => it === search['layer'])
  return { ...(isPageMap(ask) ? { ask } : {}), ...(width === undefined ? {} : { width }), ...(layer === undefined ? {} : { layer }) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isPageMap(value: unknown): value is PageMap {
  return isRecord(value) && isRecord(value['range']) && isPeoplePart(value['people']) && isRecord(value['page'])
}
