import type { Range } from '../api/model.ts'
import { isRecord, oneOf, textOf } from '../lib/read.ts'
import { parseSpan } from '../lib/span.ts'
import { type Heat, heats } from './heat.ts'

export const views = ['grid', 'flow', 'outline', 'changes'] as const
export type View = (typeof views)[number]

/** What of a map page stands in its URL. What is left out is the usual. */
export type MapSearch = {
  readonly view?: View
  readonly heat?: Heat
  /** Days to look at instead of the map's own. */
  readonly range?: Range
  readonly panel?: 'coverage'
  /** The step that is told more of. */
  readonly step?: string
  /** Ways of the flow with a smaller share are left out. */
  readonly least?: number
}

export function readMapSearch(search: Record<string, unknown>): MapSearch {
  const view = oneOf(search, 'view', views)
  const heat = oneOf(search, 'heat', heats)
  const panel = oneOf(search, 'panel', ['coverage'])
  const step = textOf(search, 'step')
  const range = readRange(search['range'])
  const least = Number(search['least'])
  return {
    ...(view === undefined || view === 'grid' ? {} : { view }),
    ...(heat === undefined || heat === 'none' ? {} : { heat }),
    ...(range === undefined ? {} : { range }),
    ...(panel === undefined ? {} : { panel }),
    ...(step === undefined ? {} : { step }),
    ...(search['least'] !== undefined && least >= 0 && least <= 1 ? { least } : {}),
  }
}

/** Reads a range out of a URL; the server checks the rest. */
export function readRange(value: unknown): Range | undefined {
  if (!isRecord(value)) return undefined
  const zone = textOf(value, 'zone')
  const inZone = zone === undefined ? {} : { zone }
  const last = textOf(value, 'last')
  if (last !== undefined) return parseSpan(last) === null ? undefined : { last, ...inZone }
  if (value['all'] === true) return { all: true, ...inZone }
  const { between } = value
  if (!isRecord(between)) return undefined
  const [from, to] = [textOf(between, 'from'), textOf(between, 'to')]
  const isDay = (day: string | undefined): day is string => day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day)
  return isDay(from) && isDay(to) ? { between: { from, to }, ...inZone } : undefined
}
