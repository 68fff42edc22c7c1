import type { MomentOfLinks } from '../api/identity.ts'

/** A place of the slider: so many lines of the link log, or now. */
export type Place = number | 'now'

/** The places of the slider: before the first line, each moment that is told, and now. */
export function placesOf(moments: readonly MomentOfLinks[], position: number): readonly Place[] {
  const between = moments.map((it) => it.lines).filter((it) => it > 0 && it < position)
  return position === 0 ? ['now'] : [0, ...between, 'now']
}

/** The last place that is not after what is chosen. */
export function placeAt(places: readonly Place[], asOf: number | undefined, position: number): number {
  if (asOf === undefined || asOf >= position) return places.length - 1
  return places.findLastIndex((it) => it !== 'now' && it <= asOf)
}
