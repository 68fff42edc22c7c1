import type { Against, Comparable } from '../api/compare.ts'
import type { PeopleRule } from '../api/model.ts'
import { isRecord } from '../lib/read.ts'
import { isPeopleRule } from '../ui/people-rule.ts'

/** Ways to choose the other side, in the order in which they are offered. */
export const againstKinds = ['rest', 'everybody', 'people', 'before', 'year_before', 'days'] as const
export type AgainstKind = (typeof againstKinds)[number]

/** Everybody is whoever satisfies nothing in particular. */
const everybody: PeopleRule = { all: [] }

export function kindOfAgainst(against: Against): AgainstKind {
  if (typeof against === 'string') return against
  if ('people' in against) return isEverybody(against.people) ? 'everybody' : 'people'
  return 'days'
}

function isEverybody(rule: PeopleRule): boolean {
  return 'all' in rule && rule.all.length === 0
}

/** Whether the sides differ in people, not in days. */
export function isOfPeople(against: Against): boolean {
  return against === 'rest' || (typeof against === 'object' && 'people' in against)
}

/** Why a way cannot be chosen for a question; none when it can. */
export function lackFor(kind: AgainstKind, report: Pick<Comparable, 'range' | 'people'>): 'people' | 'days' | null {
  if ((kind === 'rest' || kind === 'everybody') && (report.people ?? null) === null) return 'people'
  return (kind === 'before' || kind === 'year_before') && 'all' in report.range ? 'days' : null
}

/** Whether a tile can keep a comparison: one about people does not go with people of the whole dashboard. */
export function goesWith(against: Against, report: Pick<Comparable, 'range' | 'people'>, narrow: { readonly people?: PeopleRule | null }): boolean {
  const isOfOthers = isOfPeople(against) && narrow.people != null
  return !isOfOthers && lackFor(kindOfAgainst(against), report) === null
}

/** What a comparison begins with when a way is chosen. */
export function startOf(kind: AgainstKind, start: { readonly rule: PeopleRule; readonly day: string }): Against {
  switch (kind) {
    case 'rest':
    case 'before':
    case 'year_before':
      return kind
    case 'everybody':
      return { people: everybody }
    case 'people':
      return { people: start.rule }
    case 'days':
      return { days: { between: { from: start.day, to: start.day } } }
  }
}

/** Reads what stands in a URL. The server checks it; here only the shape counts. */
export function readAgainst(value: unknown): Against | undefined {
  if (value === 'rest' || value === 'before' || value === 'year_before') return value
  if (!isRecord(value)) return undefined
  const { people, days } = value
  if (isPeopleRule(people)) return { people }
  if (!isRecord(days)) return undefined
  const { last, between } = days
  if (typeof last === 'string') return { days: { last } }
  if (isRecord(between) && typeof between['from'] === 'string' && typeof between['to'] === 'string') return { days: { between: { from: between['from'], to: between['to'] } } }
  return days['all'] === true ? { days: { all: true } } : undefined
}
