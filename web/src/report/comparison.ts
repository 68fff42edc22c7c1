import type { Comparison, Figure, FigureOf } from '../api/compare.ts'

/** Figures of one kind, as one table shows them. */
export type FigureGroup = { readonly of: FigureOf; readonly figures: readonly Figure[] }

/** Figures by their kind, in the order in which kinds first come. */
export function groupFigures(figures: readonly Figure[]): FigureGroup[] {
  const kinds = [...new Set(figures.map((it) => it.of))]
  return kinds.map((of) => ({ of, figures: figures.filter((it) => it.of === of) }))
}

/** Kinds of figures that stand open at once; the others are many or say more of the same. */
const opened: readonly FigureOf[] = [
  'trend_value',
  'series_profiles',
  'funnel_converted',
  'funnel_step',
  'funnel_time',
  'retention_back',
  'stickiness_at_least',
  'lifecycle_stayed',
  'stage_time',
  'wait_time',
  'work_time',
  'way',
  'visited',
  'channel_reached',
  'channel_converted',
  'switched',
  'on_path',
  'heat_profiles',
  'heat_converted',
  'rfm_customers',
  'rfm_purchases',
  'rfm_worth',
  'drivers_converted',
  'driver_effect',
  'reasons_gave_up',
  'reason_met',
  'reason_effect',
  'chose',
  'topics_wrote',
  'topics_gave_up',
  'page_element',
  'page_reached',
  'lift_reached',
  'lift_effect',
  'lift_visits',
  'lift_worth',
  'promise_late',
  'promise_gap',
]

export function isOpenAtFirst({ of }: FigureGroup): boolean {
  return opened.includes(of)
}

/** What a difference says: it is sure when its interval does not hold 0, and nothing when a side is too small. */
export type Verdict = 'more' | 'less' | 'unsure' | 'small' | 'unknown'

export function verdictOf({ difference, interval, is_small }: Figure): Verdict {
  if (difference == null) return 'unknown'
  if (is_small) return 'small'
  if (interval == null || (interval.low <= 0 && interval.high >= 0)) return 'unsure'
  return difference > 0 ? 'more' : 'less'
}

/** The widest distance from 0 in a table, so that its bars are on one scale. */
export function reachOf(figures: readonly Figure[]): number {
  const ends = figures.flatMap(({ difference, interval }) => [difference ?? 0, interval?.low ?? 0, interval?.high ?? 0])
  return Math.max(0, ...ends.map(Math.abs).filter(Number.isFinite))
}

/** Where a value lies on a bar from one reach below 0 to one above, from 0 to 1. */
export function placeOn(value: number, reach: number): number {
  return reach === 0 ? 0.5 : Math.min(1, Math.max(0, 0.5 + value / reach / 2))
}

/** What has to be said before the numbers are read. */
export type Caution = { readonly kind: 'empty' | 'people' | 'time' | 'immature' | 'samePeople'; readonly count: number }

export function cautionsOf({ sides, a, b, against }: Comparison): Caution[] {
  const isOfPeople = against === 'rest' || (typeof against === 'object' && 'people' in against)
  const cautions: Caution[] = []
  if (a.n === 0 || b.n === 0) cautions.push({ kind: 'empty', count: 0 })
  if (isOfPeople && sides.people_both > 0) cautions.push({ kind: 'people', count: sides.people_both })
  if (!isOfPeople && a.n > 0 && b.n > 0) cautions.push({ kind: 'samePeople', count: sides.people_both })
  if (!isOfPeople && sides.both_ms > 0) cautions.push({ kind: 'time', count: sides.both_ms })
  const immature = a.left_out.immature + b.left_out.immature
  if (immature > 0) cautions.push({ kind: 'immature', count: immature })
  return cautions
}
