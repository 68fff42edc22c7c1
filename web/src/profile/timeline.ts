import type { ProfileEvent } from '../api/profile.ts'

/** The events of one calendar day, newest first. */
export type Day = {
  readonly day: string
  readonly events: readonly ProfileEvent[]
  /** Whole days without an event between this day and the one shown after it; 0 for none. */
  readonly silence: number
}

/** Groups events, newest first, by calendar day. */
export function daysOf(events: readonly ProfileEvent[], dayOf: (time: string) => string): readonly Day[] {
  const days: { day: string; events: ProfileEvent[] }[] = []
  for (const event of events) {
    const day = dayOf(event.time)
    const last = days.at(-1)
    if (last?.day === day) last.events.push(event)
    else days.push({ day, events: [event] })
  }
  return days.map((it, index) => ({ ...it, silence: silenceBetween(it.day, days[index + 1]?.day) }))
}

/** The events at which the stage became another, seen from the past. Events come newest first. */
export function stageChanges(events: readonly ProfileEvent[]): ReadonlySet<string> {
  const changes = new Set<string>()
  for (const [index, event] of events.entries()) {
    if (event.stage == null) continue
    const before = events.slice(index + 1).find((it) => it.stage != null)
    if (before === undefined ? index === events.length - 1 : before.stage !== event.stage) changes.add(event.seq)
  }
  return changes
}

function silenceBetween(later: string, earlier: string | undefined): number {
  if (earlier === undefined) return 0
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(earlier)) / 86_400_000) - 1)
}
