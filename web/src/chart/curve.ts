export type Point = { readonly x: number; readonly y: number }

/** A smooth path through points from left to right that never swings past them. */
export function curve(points: readonly Point[]): string {
  const [first] = points
  if (first === undefined) return ''
  const slopes = tangents(points)
  let path = `M${round(first.x)} ${round(first.y)}`
  for (let index = 1; index < points.length; index += 1) {
    const [from, to] = [points[index - 1], points[index]]
    if (from === undefined || to === undefined) break
    const third = (to.x - from.x) / 3
    const leave = from.y + third * (slopes[index - 1] ?? 0)
    const arrive = to.y - third * (slopes[index] ?? 0)
    path += `C${round(from.x + third)} ${round(leave)} ${round(to.x - third)} ${round(arrive)} ${round(to.x)} ${round(to.y)}`
  }
  return path
}

/** Slopes that keep a rising row of points rising, after Fritsch and Carlson. */
function tangents(points: readonly Point[]): readonly number[] {
  const steps = points.slice(1).map((to, index) => {
    const from = points[index] ?? to
    return to.x === from.x ? 0 : (to.y - from.y) / (to.x - from.x)
  })
  return points.map((_, index) => {
    const [before, after] = [steps[index - 1], steps[index]]
    if (before === undefined || after === undefined) return before ?? after ?? 0
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after)
  })
}

/** Round values for an axis from zero: few, evenly spaced, the last at or above the greatest. */
export function ticks(greatest: number, wanted = 3): readonly number[] {
  if (greatest <= 0) return [0]
  const rough = greatest / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((it) => it * power).find((it) => it >= rough) ?? rough
  return Array.from({ length: Math.ceil(greatest / step - 1e-9) + 1 }, (_, index) => index * step)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
