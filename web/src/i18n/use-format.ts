import { createContext, useContext } from 'react'
import * as format from '../lib/format.ts'
import type { Locale } from './i18n.ts'
import { useLocale } from './use-text.ts'

/** The zone of the workspace, in which all times are shown. */
export const ZoneContext = createContext('UTC')

export type Format = {
  readonly zone: string
  readonly count: (count: number) => string
  readonly amount: (amount: number) => string
  readonly money: (amount: number, currency: string) => string
  readonly compact: (count: number) => string
  readonly share: (share: number) => string
  /** A dash where there is no share. */
  readonly shareIfAny: (share: number | null | undefined) => string
  readonly change: (change: number) => string
  readonly points: (difference: number) => string
  readonly span: (ms: number) => string
  readonly age: (ms: number) => string
  readonly moment: (time: string) => string
  readonly clock: (time: string) => string
  readonly day: (time: string) => string
  readonly date: (day: string) => string
  readonly fullDate: (time: string) => string
  readonly dayOf: (time: string) => string
  readonly bytes: (bytes: number) => string
}

const formats = new Map<string, Format>()

/** Numbers and times in the language of the page and the zone of the workspace. */
export function useFormat(): Format {
  const locale = useLocale()
  const zone = useContext(ZoneContext)
  const key = `${locale} ${zone}`
  const kept = formats.get(key) ?? makeFormat(locale, zone)
  formats.set(key, kept)
  return kept
}

function makeFormat(locale: Locale, zone: string): Format {
  return {
    zone,
    count: (count) => format.formatCount(count, locale),
    amount: (amount) => format.formatAmount(amount, locale),
    money: (amount, currency) => format.formatMoney(amount, currency, locale),
    compact: (count) => format.formatCompact(count, locale),
    share: (share) => format.formatShare(share, locale),
    shareIfAny: (share) => (share == null ? '–' : format.formatShare(share, locale)),
    change: (change) => format.formatChange(change, locale),
    points: (difference) => format.formatPoints(difference, locale),
    span: (ms) => format.formatSpan(ms, locale),
    age: (ms) => format.formatAge(ms, locale),
    moment: (time) => format.formatMoment(time, locale, zone),
    clock: (time) => format.formatClock(time, locale, zone),
    day: (time) => format.formatDay(time, locale, zone),
    date: (day) => format.formatDate(day, locale),
    fullDate: (time) => format.formatFullDate(time, locale, zone),
    dayOf: (time) => format.dayOf(time, zone),
    bytes: (bytes) => format.formatBytes(bytes, locale),
  }
}
