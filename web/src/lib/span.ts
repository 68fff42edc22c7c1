const units = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** Reads a span as the server writes it, like `30m` or `7d`; `null` when it is none. */
export function parseSpan(text: string): number | null {
  const found = /^(\d+)(w|d|h|m|s|ms)$/.exec(text.trim())
  const unit = units.find(([name]) => name === found?.[2])
  return found === null || unit === undefined ? null : Number(found[1]) * unit[1]
}

/** Writes milliseconds as the server reads them, in the largest unit that fits whole. */
export function writeSpan(ms: number): string {
  const [name, size] = units.find(([, factor]) => ms !== 0 && ms % factor === 0) ?? ['ms', 1]
  return `${ms / size}${name}`
}
