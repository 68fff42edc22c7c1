/** After a length of time the share that is still there, and how sure that is. */
export type Remaining = { readonly ms: number; readonly share: number; readonly low: number; readonly high: number }

/** The same with its beginning: at once, all are there, or nobody has gone where the curve rises. */
export function fromStart(points: readonly Remaining[], start: 0 | 1 = 1): readonly Remaining[] {
  return points.length === 0 ? [] : [{ ms: 0, share: start, low: start, high: start }, ...points]
}

/** The share that is still there after a time: that of the last known point before it. */
export function shareAt(points: readonly Remaining[], ms: number): number {
  return points.findLast((it) => it.ms <= ms)?.share ?? 1
}

/** A round share at or above another one, so that quarters of the scale are whole percents. */
export function topShare(most: number): number {
  return [0.04, 0.08, 0.2, 0.4, 0.6, 0.8].find((it) => most <= it) ?? 1
}
