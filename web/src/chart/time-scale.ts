/** Lengths of time that people have a feeling for, in milliseconds. */
const marks = [
  1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000, 2_592_000_000, 7_776_000_000, 31_536_000_000,
] as const

export type TimeScale = {
  /** From 0 to 1; lengths before the first mark lie on it. */
  readonly at: (ms: number) => number
  readonly ticks: readonly number[]
}

/** A scale on which seconds and months both have room: equal factors are equally far apart. */
export function timeScale(lengths: readonly number[], ticksMax: number): TimeScale {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
  const from = [...marks].reverse().find((it) => it <= least) ?? marks[0]
  const to = marks.find((it) => it >= most && it > from) ?? Math.max(from * 10, most)
  const [low, high] = [Math.log(from), Math.log(to)]
  const inside = lengths.length === 0 ? [] : marks.filter((it) => it >= from && it <= to)
  const every = Math.max(1, Math.ceil(inside.length / Math.max(2, ticksMax)))
  return {
    at: (ms) => Math.max(0, Math.min(1, (Math.log(Math.max(1, ms)) - low) / (high - low))),
    ticks: inside.filter((_, index) => index % every === 0),
  }
}
