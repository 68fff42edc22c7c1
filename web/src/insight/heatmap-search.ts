import type { HeatAxis, Heatmap } from '../api/heatmap.ts'
import { isRecord } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { type HeatMeasure, heatMeasures } from './heatmap.ts'

/** The question stands in the URL with the number that is looked at, so that a link shows the same. */
export type HeatmapSearch = { readonly ask?: Heatmap; readonly show?: HeatMeasure }

export function readHeatmapSearch(search: Record<string, unknown>): HeatmapSearch {
  const { ask } = search
  const show = heatMeasures.find((it) => it === search['show'])
  return { ...(isHeatmap(ask) ? { ask } : {}), ...(show === undefined ? {} : { show }) }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isHeatmap(value: unknown): value is Heatmap {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  return isAxis(value['rows']) && isAxis(value['columns'])
}

function isAxis(value: unknown): value is HeatAxis | undefined {
  if (value === undefined || value === 'hour' || value === 'weekday') return true
  if (!isRecord(value)) return false
  const { field, steps, people } = value
  if (typeof field === 'string') return true
  const isNamed = (it: unknown, of: string) => isRecord(it) && typeof it['name'] === 'string' && isRecord(it[of])
  if (Array.isArray(steps)) return steps.every((it) => isNamed(it, 'matcher'))
  return Array.isArray(people) && people.every((it) => isNamed(it, 'rule'))
}
