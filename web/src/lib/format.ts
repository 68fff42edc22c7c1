/** Numbers and times as a person reads them. Pure: locale, zone and now are arguments. */

type Cache<Options, Made> = Map<Options, Map<string, Made>>

const numbers: Cache<Intl.NumberFormatOptions, Intl.NumberFormat> = new Map()
const dates: Cache<Intl.DateTimeFormatOptions, Intl.DateTimeFormat> = new Map()

/** Formatters are dear to make, so each is made once. `options` is a constant and stands for itself. */
function cached<Options, Made>(cache: Cache<Options, Made>, options: Options, key: string, make: () => Made): Made {
  const known = cache.get(options) ?? new Map<string, Made>()
  const made = known.get(key) ?? make()
  known.set(key, made)
  cache.set(options, known)
  return made
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return cached(numbers, options, locale, () => new Intl.NumberFormat(locale, options))
}

function dateFormat(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return cached(dates, options, `${locale} ${zone}`, () => new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }))
}

const whole: Intl.NumberFormatOptions = { maximumFractionDigits: 0 }
const hundredths: Intl.NumberFormatOptions = { maximumFractionDigits: 2 }
const compactFine: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 2 }
const compact: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 1 }
const percentFine: Intl.NumberFormatOptions = { style: 'percent', maximumFractionDigits: 1 }
const percent: Intl.NumberFormatOptions = { style: 'percent', maximumFractionDigits: 0 }
const changeFine: Intl.NumberFormatOptions = { ...percentFine, signDisplay: 'exceptZero' }
const change: Intl.NumberFormatOptions = { ...percent, signDisplay: 'exceptZero' }
const signed: Intl.NumberFormatOptions = { maximumFractionDigits: 1, signDisplay: 'exceptZero' }
const moment: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }
const day: Intl.DateTimeFormatOptions = { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' }
const date: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
const fullDate: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' }
const isoDay: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' }

/** Every digit: 1,204,332. */
export function formatCount(count: number, locale: string): string {
  return numberFormat(locale, whole).format(count)
}

/** A sum that need not be whole: two digits after the point while it is small. */
export function formatAmount(amount: number, locale: string): string {
  return numberFormat(locale, Math.abs(amount) < 100 ? hundredths : whole).format(amount)
}

/** Money of a currency; cents only while they matter. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const isFine = Math.abs(amount) < 1000
  const key = `${currency} ${isFine}`
  const options: Intl.NumberFormatOptions = moneys.get(key) ?? { style: 'currency', currency, ...(isFine ? {} : whole) }
  moneys.set(key, options)
  return numberFormat(locale, options).format(amount)
}

const moneys = new Map<string, Intl.NumberFormatOptions>()

/** Three digits or so: 1.2M, 120万, 120萬. */
export function formatCompact(count: number, locale: string): string {
  return numberFormat(locale, Math.abs(count) < 10_000 ? compactFine : compact).format(count)
}

/** A share of one in percent. A small one is never shown as nothing, a large one never as all. */
export function formatShare(share: number, locale: string): string {
  const shown = numberFormat(locale, share < 0.1 ? percentFine : percent)
  if (share > 0 && share < 0.001) return `<${shown.format(0.001)}`
  if (share < 1 && share >= 0.995) return `>${shown.format(0.99)}`
  return shown.format(share)
}

/** A difference of shares in points of a percent, with its sign. */
export function formatPoints(difference: number, locale: string): string {
  return numberFormat(locale, signed).format(difference * 100)
}

/** A relative change, with its sign. */
export function formatChange(amount: number, locale: string): string {
  return numberFormat(locale, Math.abs(amount) < 0.1 ? changeFine : change).format(amount)
}

const spanUnits = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

const unitFormats: Readonly<Record<string, Intl.NumberFormatOptions>> = Object.fromEntries(
  ['day', 'hour', 'minute', 'second', 'millisecond'].flatMap((unit) =>
    (['narrow', 'short'] as const).map((look): [string, Intl.NumberFormatOptions] => [`${unit} ${look}`, { style: 'unit', unit, unitDisplay: look }]),
  ),
)

/** The two largest units of a length of time: 2d 3h, 2天3小时. */
export function formatSpan(ms: number, locale: string): string {
  const chinese = locale.startsWith('zh')
  const write = (count: number, unit: string) =>
    numberFormat(locale, unitFormats[`${unit} ${chinese ? 'short' : 'narrow'}`] ?? whole).format(count)
  if (ms < 1_000) return write(Math.round(ms), 'millisecond')
  const at = spanUnits.findIndex(([, size]) => ms >= size)
  const first = spanUnits[at]
  if (first === undefined) return write(0, 'second')
  const second = spanUnits[at + 1]
  if (second === undefined) return write(Math.floor(ms / first[1]), first[0])
  const seconds = Math.round(ms / second[1])
  const ratio = first[1] / second[1]
  const [large, rest] = [Math.floor(seconds / ratio), seconds % ratio]
  const larger = spanUnits[at - 1]
  const rounded = rest === 0 || large >= 10 ? Math.round(ms / first[1]) : null
  // Just short of the next larger unit it rounds up into it: never 24h, but 1d.
  if (larger !== undefined && (rounded ?? large) * first[1] >= larger[1]) return formatSpan(larger[1], locale)
  if (rounded !== null) return write(rounded, first[0])
  return `${write(large, first[0])}${chinese ? '' : ' '}${write(rest, second[0])}`
}

const ageUnits = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

const relative = new Map<string, Intl.RelativeTimeFormat>()

/** How long ago: 2s ago, 3 days ago. */
export function formatAge(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [unit, size] = ageUnits.find(([, least]) => seconds >= least) ?? ['second', 1]
  const ages = relative.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' })
  relative.set(locale, ages)
  return ages.format(-Math.floor(seconds / size), unit)
}

/** A moment with its day: Mar 4, 2026, 14:03. */
export function formatMoment(time: string, locale: string, zone: string): string {
  return dateFormat(locale, zone, moment).format(new Date(time))
}

/** A moment within a day: 14:03:07. */
export function formatClock(time: string, locale: string, zone: string): string {
  return dateFormat(locale, zone, clock).format(new Date(time))
}

/** The day of a moment: Wed, Mar 4, 2026. */
export function formatDay(time: string, locale: string, zone: string): string {
  return dateFormat(locale, zone, day).format(new Date(time))
}

/** A calendar day, written 2026-03-04, without its year: Mar 4. */
export function formatDate(isoDate: string, locale: string): string {
  return dateFormat(locale, 'UTC', date).format(new Date(`${isoDate}T00:00:00Z`))
}

/** The date of a moment, with its year: Mar 4, 2026. */
export function formatFullDate(time: string, locale: string, zone: string): string {
  return dateFormat(locale, zone, fullDate).format(new Date(time))
}

/** The calendar day of a moment in a zone, written 2026-03-04. */
export function dayOf(time: string, zone: string): string {
  return dateFormat('en-CA', zone, isoDay).format(new Date(time))
}

const byteFormats = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'].map(
  (unit, power): Intl.NumberFormatOptions => ({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: power === 0 ? 0 : 1 }),
)

/** Bytes as people say them: 3.2 MB. */
export function formatBytes(bytes: number, locale: string): string {
  const power = bytes < 1 ? 0 : Math.min(byteFormats.length - 1, Math.floor(Math.log10(bytes) / 3))
  return numberFormat(locale, byteFormats[power] ?? whole).format(bytes / 1000 ** power)
}
