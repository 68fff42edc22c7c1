/** After a length of time, the share that is still there. */
export type Remaining = { readonly ms: number; readonly share: number }

/** Between two known points nothing is known but that the curve falls: it lies in this box. */
export type Box = { readonly from: number; readonly to: number; readonly high: number; readonly low: number }

/** Where a falling curve can lie that is known at some points. Up to the first point it begins with all; after the last it is unknown. */
export function boxesOf(points: readonly Remaining[]): Box[] {
  return points.map(({ ms, share }, index) => {
    const before = points[index - 1]
    return { from: before?.ms ?? 0, to: ms, high: before?.share ?? 1, low: share }
  })
}
