/** Numbers and times as a person reads them. Pure: locale, zone and now are arguments. */

const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const kept = numbers.get(key) ?? new Intl.NumberFormat(locale, options)
  numbers.set(key, kept)
  return kept
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const kept = dates.get(key) ?? new Intl.DateTimeFormat(locale, options)
  dates.set(key, kept)
  return kept
}

/** Every digit: 1,204,332. */
export function formatCount(count: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(count)
}

/** Three digits or so: 1.2M, 120万, 120萬. */
export function formatCompact(count: number, locale: string): string {
  return numberFormat(locale, {
    notation: 'compact',
    maximumFractionDigits: Math.abs(count) < 10_000 ? 2 : 1,
  }).format(count)
}

/** A share of one in percent. A small one is never shown as nothing, a large one never as all. */
export function formatShare(share: number, locale: string): string {
  const percent = numberFormat(locale, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 })
  if (share > 0 && share < 0.001) return `<${percent.format(0.001)}`
  if (share < 1 && share >= 0.995) return `>${percent.format(0.99)}`
  return percent.format(share)
}

/** A difference of shares or a relative change, with its sign. */
export function formatChange(change: number, locale: string): string {
  return numberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0,
  }).format(change)
}

const spanUnits = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** The two largest units of a length of time: 2d 3h, 2天3小时. */
export function formatSpan(ms: number, locale: string): string {
  const chinese = locale.startsWith('zh')
  const write = (count: number, unit: string) =>
    numberFormat(locale, { style: 'unit', unit, unitDisplay: chinese ? 'short' : 'narrow' }).format(count)
  if (ms < 1_000) return write(Math.round(ms), 'millisecond')
  const at = spanUnits.findIndex(([, size]) => ms >= size)
  const first = spanUnits[at]
  if (first === undefined) return write(0, 'second')
  const second = spanUnits[at + 1]
  if (second === undefined) return write(Math.floor(ms / first[1]), first[0])
  const seconds = Math.round(ms / second[1])
  const ratio = first[1] / second[1]
  const [whole, rest] = [Math.floor(seconds / ratio), seconds % ratio]
  if (rest === 0 || whole >= 10) return write(Math.round(ms / first[1]), first[0])
  return `${write(whole, first[0])}${chinese ? '' : ' '}${write(rest, second[0])}`
}

const ageUnits = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** How long ago: 2s ago, 3 days ago. */
export function formatAge(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [unit, size] = ageUnits.find(([, least]) => seconds >= least) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' }).format(
    -Math.floor(seconds / size),
    unit,
  )
}

/** A moment with its day: Mar 4, 2026, 14:03. */
export function formatMoment(time: string, locale: string, zone: string): string {
  return dateFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(new Date(time))
}

/** A moment within a day: 14:03:07. */
export function formatClock(time: string, locale: string, zone: string): string {
  return dateFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(new Date(time))
}

/** The day of a moment: Wed, Mar 4, 2026. */
export function formatDay(time: string, locale: string, zone: string): string {
  return dateFormat(locale, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: zone,
  }).format(new Date(time))
}

/** A calendar day, written 2026-03-04, without its year: Mar 4. */
export function formatDate(day: string, locale: string): string {
  return dateFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

/** The calendar day of a moment in a zone, written 2026-03-04. */
export function dayOf(time: string, zone: string): string {
  return dateFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).format(
    new Date(time),
  )
}

/** Bytes as people say them: 3.2 MB. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return numberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}
