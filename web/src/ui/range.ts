import type { Range, RangeDays } from '../api/model.ts'
import { isRecord } from '../lib/read.ts'
import { parseSpan } from '../lib/span.ts'

/** The ranges that are offered at once. */
export const presets = ['24h', '7d', '14d', '30d', '90d', '180d', '365d'] as const

export type Days = { readonly from: string; readonly to: string }

export type RangeKind =
  | { readonly kind: 'last'; readonly span: string }
  | { readonly kind: 'between'; readonly days: Days }
  | { readonly kind: 'all' }
  /** The days or the dates before others. */
  | { readonly kind: 'before' | 'year_before'; readonly of: RangeKind }

/** Which of its forms a range has. */
export function kindOfRange(range: Range | RangeDays): RangeKind {
  if ('before' in range) return { kind: 'before', of: kindOfRange(range.before) }
  if ('year_before' in range) return { kind: 'year_before', of: kindOfRange(range.year_before) }
  if ('last' in range) return { kind: 'last', span: range.last }
  if ('between' in range) return { kind: 'between', days: range.between }
  return { kind: 'all' }
}

/** Enough of the shape of a range to draw it; the server checks the rest and says what is wrong. */
export function isRange(value: unknown): value is Range {
  return isRecord(value) && ['last', 'between', 'all', 'before', 'year_before'].some((it) => it in value)
}

/** How long a span is in words that a person uses: whole days where it can. */
export function daysOf(span: string): number | null {
  const ms = parseSpan(span)
  return ms !== null && ms % 86_400_000 === 0 ? ms / 86_400_000 : null
}

/** A range of whole days, in order whichever was chosen first. */
export function between(one: string, other: string, zone: string): Range {
  const [from, to] = one <= other ? [one, other] : [other, one]
  return { between: { from, to }, zone }
}
