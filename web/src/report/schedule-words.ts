import type { Repeat, Schedule } from '../api/schedule.ts'
import type { Text } from '../i18n/use-text.ts'
import type { Format } from '../i18n/use-format.ts'

export type Rhythm = Pick<Schedule, 'every' | 'at' | 'zone'>

/** A Monday, from which the names of all days of a week follow. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

/** What a day of the week is called, from 1 for Monday. */
export function dayName(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(MONDAY + (day - 1) * DAY)
}

/** When something is sent, as a sentence. */
export function rhythmWords(text: Text, locale: string, { every, at, zone }: Rhythm): string {
  const time = at.slice(0, 5)
  if (every === 'day') return text('schedule.everyDay', { time, zone })
  if ('week' in every) return text('schedule.everyWeek', { day: dayName(every.week, locale), time, zone })
  return text('schedule.everyMonth', { day: every.month, time, zone })
}

/** When something is sent next, as a moment and how far off it is. */
export function nextWords(text: Text, format: Format, due: string | null | undefined, now: number): string {
  if (due == null) return text('schedule.paused')
  const left = Date.parse(due) - now
  if (left <= 0) return text('schedule.nextNow')
  return text('schedule.next', { time: format.moment(due), span: format.span(left) })
}

/** The addresses in a text, however they are set apart. */
export function addressesOf(typed: string): readonly string[] {
  return [...new Set(typed.split(/[\s,;，；、]+/).filter((it) => it !== ''))]
}

export type Kind = 'day' | 'week' | 'month'

export function kindOfRepeat(every: Repeat): Kind {
  if (every === 'day') return 'day'
  return 'week' in every ? 'week' : 'month'
}

/** The repeat of a kind, with a usual day. */
export function repeatOf(kind: Kind, day: number): Repeat {
  if (kind === 'day') return 'day'
  return kind === 'week' ? { week: Math.max(1, Math.min(7, day)) } : { month: Math.max(1, Math.min(31, day)) }
}
