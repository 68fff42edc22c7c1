import type { PathUnit } from '../api/paths.ts'
import type { Range } from '../api/model.ts'
import type { Unexpected } from '../api/unexpected.ts'
import { isRecord } from '../lib/read.ts'
import { readFunnelSearch } from './funnel-search.ts'

/** The question of who has asked nothing yet: visits, as sequences of events. */
export function plainUnexpected(range: Range): Unexpected {
  return { range, by: 'event', pause_max: '30m' }
}

/** What sequences can be made of here. */
export const unexpectedBys = ['touchpoint', 'event', 'channel', 'stage', 'field'] as const
export type UnexpectedBy = (typeof unexpectedBys)[number]

export function byOf(by: PathUnit | undefined): UnexpectedBy | null {
  if (by === undefined) return 'event'
  if (typeof by === 'string') return unexpectedBys.find((it) => it === by) ?? null
  return 'field' in by ? 'field' : null
}

/** The question stands in the URL, so that a link shows the same. */
export type UnexpectedSearch = { readonly ask?: Unexpected }

export function readUnexpectedSearch(search: Record<string, unknown>): UnexpectedSearch {
  const ask = search['ask']
  return isUnexpected(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isUnexpected(value: unknown): value is Unexpected {
  // The range and the people are written as those of a funnel.
  if (!isRecord(value) || readFunnelSearch({ ask: { ...value, steps: [] } }).ask === undefined) return false
  const { by, pause_max: pause } = value
  const isUnit = by === undefined || typeof by === 'string' || (isRecord(by) && (typeof by['field'] === 'string' || Array.isArray(by['steps'])))
  return isUnit && (pause === undefined || pause === null || typeof pause === 'string')
}
