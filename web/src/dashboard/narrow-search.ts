import type { Narrow } from '../api/dashboard.ts'
import type { PeopleRule, Range, Rule } from '../api/model.ts'
import { isRecord } from '../lib/read.ts'
import { isPeopleRule } from '../ui/people-rule.ts'
import { isRange } from '../ui/range.ts'

/** What the one who looks holds all cards to, instead of what the dashboard says. `null` takes back what it says. */
export type NarrowSearch = { readonly range?: Range | null; readonly filter?: Rule | null; readonly who?: PeopleRule | null }

export function readNarrowSearch(search: Record<string, unknown>): NarrowSearch {
  const { range, filter, who } = search
  return {
    ...(range === null || isRange(range) ? { range } : {}),
    ...(filter === null || isRule(filter) ? { filter } : {}),
    ...(who === null || isPeopleRule(who) ? { who } : {}),
  }
}

/** Enough of the shape to ask with it; the server checks the rest and says what is wrong. */
function isRule(value: unknown): value is Rule {
  return isRecord(value) && ('all' in value || 'any' in value || 'not' in value || 'where' in value)
}

/** What holds for all cards now. */
export function narrowOf(kept: Narrow, search: NarrowSearch): Narrow {
  const range = search.range === undefined ? kept.range : search.range
  const filter = search.filter === undefined ? kept.filter : search.filter
  const people = search.who === undefined ? kept.people : search.who
  return {
    ...(range == null ? {} : { range }),
    ...(filter == null ? {} : { filter }),
    ...(people == null ? {} : { people }),
  }
}

/** Whether every condition names its values: one that is still being written would leave nothing on any card. */
export function isWhole(rule: Rule): boolean {
  if ('all' in rule) return rule.all.every(isWhole)
  if ('any' in rule) return rule.any.every(isWhole)
  if ('not' in rule) return isWhole(rule.not)
  const { test } = rule.where
  if (typeof test === 'string') return true
  return Object.values(test).every((it) => it !== '' && !(Array.isArray(it) && it.length === 0))
}

/** Whether the one who looks has chosen something of their own. */
export function isOwnView(search: NarrowSearch): boolean {
  return search.range !== undefined || search.filter !== undefined || search.who !== undefined
}
