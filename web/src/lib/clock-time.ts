/** Instants as the clocks of a zone show them, in the form that fields for a date and a time use. Pure. */

const DAY_MS = 86_400_000

/** What clocks in a zone show, to the second: 2026-03-01T09:30:00. */
export function clockTime(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(instant))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((it) => it.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`
}

/**
 * The instant at which clocks in a zone show a time; none for what is no time.
 * A time that is skipped in spring is the hour after it, one that comes twice in autumn is the first.
 */
export function instantOf(shown: string, zone: string): string | null {
  const time = Date.parse(`${shown}Z`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(shown) || Number.isNaN(time)) return null
  const offsets = [time - DAY_MS, time + DAY_MS].map((at) => Date.parse(`${clockTime(new Date(at).toISOString(), zone)}Z`) - at)
  const [before = 0, after = 0] = offsets
  const isShown = (at: number) => Date.parse(`${clockTime(new Date(at).toISOString(), zone)}Z`) === Math.floor(time / 1000) * 1000
  const found = [time - before, time - after].find(isShown) ?? time - before
  return new Date(found).toISOString()
}
