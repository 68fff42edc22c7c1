import type { FunnelTimes } from '../api/funnel.ts'
import type { Remaining } from '../chart/survival.ts'

/** Names one way of a funnel. */
export const wayKey = ({ from_step, to_step }: FunnelTimes): string => `${from_step}-${to_step}`

/** The share that has got there, from the share that is still to come: its interval turns over with it. */
export function arrivals({ curve }: Pick<FunnelTimes, 'curve'>): readonly Remaining[] {
  return curve.map(({ ms, share, low, high }) => ({ ms, share: 1 - share, low: 1 - high, high: 1 - low }))
}

/** The quarters that are reached at all. */
export function quartersReached({ quarter_ms, median_ms, three_quarters_ms }: FunnelTimes): readonly number[] {
  return [quarter_ms, median_ms, three_quarters_ms].filter((ms) => ms !== null && ms !== undefined)
}
