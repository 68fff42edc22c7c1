import type { Range } from '../api/model.ts'
import { parseSpan } from '../lib/span.ts'

/** The ranges that are offered at once. */
export const presets = ['24h', '7d', '14d', '30d', '90d', '180d', '365d'] as const

export type Days = { readonly from: string; readonly to: string }

export type RangeKind =
  | { readonly kind: 'last'; readonly span: string }
  | { readonly kind: 'between'; readonly days: Days }
  | { readonly kind: 'all' }

/** Which of its three forms a range has. */
export function kindOfRange(range: Range): RangeKind {
  if ('last' in range) return { kind: 'last', span: range.last }
  if ('between' in range) return { kind: 'between', days: range.between }
  return { kind: 'all' }
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
