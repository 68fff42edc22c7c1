import type { Change, NextStep } from '../api/workspace.ts'
import type { Matcher, Report } from '../api/model.ts'
import { never } from '../lib/never.ts'

/** How a change is to be taken: good and bad are for people to judge, so only its direction is told. */
export type Direction = 'up' | 'down' | 'new' | 'silent'

export function directionOf(change: Change): Direction {
  switch (change.kind) {
    case 'event_up':
      return 'up'
    case 'event_down':
      return 'down'
    case 'new_event':
      return 'new'
    case 'silent_event':
      return 'silent'
    case 'stage_share':
      return change.now >= change.before ? 'up' : 'down'
    default:
      return never(change.kind)
  }
}

/** Where a step of the checklist leads. */
export function pathOf(kind: NextStep['kind']): '/w/$ws/sources' | '/w/$ws/vocabulary' | '/w/$ws/maps' | '/w/$ws/settings' {
  switch (kind) {
    case 'connect':
    case 'import':
    case 'review_quarantine':
      return '/w/$ws/sources'
    case 'name_touchpoints':
      return '/w/$ws/vocabulary'
    case 'discover_map':
      return '/w/$ws/maps'
    case 'invite':
      return '/w/$ws/settings'
    default:
      return never(kind)
  }
}

/** How far the checklist is, and which step comes next. */
export function progressOf(steps: readonly NextStep[]): { readonly done: number; readonly next: NextStep | undefined } {
  return { done: steps.filter((it) => it.done).length, next: steps.find((it) => !it.done) }
}

/** The profiles that the tables of the home page count: who did it in the last 30 days. */
export function peopleOf(matcher: Matcher, name: string): { readonly of: { readonly report: Report }; readonly select: unknown } {
  const report: Report = { kind: 'counts', range: { last: '30d' }, every: 'range', series: [{ name, matcher }] }
  return { of: { report }, select: { kind: 'counts', series: { name } } }
}
