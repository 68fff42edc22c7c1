const DAY_MS = 86_400_000

/** The date of so many days ago, as ranges are written. Of days that are over page and API say the same. */
export function day(ago: number): string {
  return new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)
}
