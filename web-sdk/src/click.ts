import * as limits from './limits.ts'

/** A place and a moment, in CSS pixels of the document. */
export type Spot = { readonly x: number; readonly y: number; readonly at: number }

/**
 * In how many milliseconds this click and the ones before it were made in one place:
 * under `3` the time of the last three. What counts as angry is for a rule to say.
 */
export function burst(earlier: readonly Spot[], click: Spot): { readonly [count: string]: number } {
  const within: Record<string, number> = {}
  let count = 1
  for (let index = earlier.length - 1; index >= 0 && count < limits.BURST_CLICKS_MAX; index -= 1) {
    const other = earlier[index]
    if (other === undefined || click.at - other.at > limits.BURST_MS_MAX) break
    if (Math.hypot(other.x - click.x, other.y - click.y) > limits.PLACE_PX) break
    count += 1
    within[String(count)] = Math.round(click.at - other.at)
  }
  return within
}

/** Clicks to compare the next one with. */
export function remember(earlier: readonly Spot[], click: Spot): readonly Spot[] {
  return [...earlier, click].slice(-limits.BURST_REMEMBERED)
}

/** Where in a box a point lies, from 0 to 1 each way. */
export function inside(box: { left: number; top: number; width: number; height: number }, x: number, y: number): { x: number; y: number } {
  const part = (offset: number, length: number) => (length <= 0 ? 0.5 : Math.round(Math.min(1, Math.max(0, offset / length)) * 1_000) / 1_000)
  return { x: part(x - box.left, box.width), y: part(y - box.top, box.height) }
}
