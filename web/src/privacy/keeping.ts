import type { Keeping, Swept } from '../api/keeping.ts'

/** Days as they are typed: a whole number, or nothing for ever. Whether it is too large the server says. */
export function daysOf(typed: string): number | null {
  const days = Number.parseInt(typed, 10)
  return Number.isFinite(days) && days > 0 ? days : null
}

/** Days as they stand in a field. */
export const typedDays = (days: number | null | undefined): string => (days == null ? '' : String(days))

export function withEvent(keeping: Keeping, event: string): Keeping {
  const events = keeping.events ?? []
  return events.some((it) => it.event === event) ? keeping : { ...keeping, events: [...events, { event, days: null }] }
}

export function withEventDays(keeping: Keeping, event: string, days: number | null): Keeping {
  return { ...keeping, events: (keeping.events ?? []).map((it) => (it.event === event ? { ...it, days } : it)) }
}

export function withoutEvent(keeping: Keeping, event: string): Keeping {
  return { ...keeping, events: (keeping.events ?? []).filter((it) => it.event !== event) }
}

/** Whether everything is kept for ever. */
export function limitsNothing(keeping: Keeping): boolean {
  return keeping.days == null && (keeping.events ?? []).every((it) => it.days == null)
}

/** Events by their count, the most first. */
export function byCount(found: Swept): readonly (readonly [string, number])[] {
  return Object.entries(found.by_event).sort(([a, some], [b, other]) => other - some || a.localeCompare(b))
}
