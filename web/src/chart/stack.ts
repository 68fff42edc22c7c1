import { ticks } from './curve.ts'

export type Piece = { readonly from: number; readonly to: number }

export type Stacked = {
  /** Values of the axis, from the lowest below the line to the highest above it. */
  readonly marks: readonly number[]
  /** Per bar and series from where to where it reaches; `from` is the lower end. */
  readonly stacks: readonly (readonly Piece[])[]
}

/** Puts values upon each other, those that are below the line downwards. */
export function stack(bars: readonly (readonly number[])[], isBelow: readonly boolean[]): Stacked {
  const stacks = bars.map((values) => {
    let [up, down] = [0, 0]
    return values.map((value, index) => {
      if (isBelow[index] === true) {
        down -= value
        return { from: down, to: down + value }
      }
      up += value
      return { from: up - value, to: up }
    })
  })
  const ends = stacks.flat()
  const highest = Math.max(0, ...ends.map((it) => it.to))
  const lowest = Math.max(0, ...ends.map((it) => -it.from))
  // Both sides share the step of the taller one, so that equal heights are equal numbers.
  const marks = ticks(Math.max(highest, lowest))
  const step = marks[1] ?? 1
  const above = Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, index) => index * step)
  const below = Array.from({ length: Math.ceil(lowest / step - 1e-9) }, (_, index) => -(index + 1) * step)
  return { marks: [...below.toReversed(), ...above], stacks }
}
