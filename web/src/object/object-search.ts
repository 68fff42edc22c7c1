import type { PeopleRule, Range } from '../api/model.ts'
import { type Standing, standings } from '../api/object.ts'
import { oneOf, textOf } from '../lib/read.ts'
import { isPeopleRule } from '../ui/people-rule.ts'
import { isRange } from '../ui/range.ts'

/** Which objects the page lists; it stands in the URL, so that a link shows the same. */
export type ObjectSearch = {
  readonly kind?: string
  readonly range?: Range
  readonly state?: string
  readonly standing?: Standing
  readonly open?: boolean
  readonly q?: string
  readonly who?: PeopleRule
}

export function readObjectSearch(search: Record<string, unknown>): ObjectSearch {
  const kind = textOf(search, 'kind')
  const state = textOf(search, 'state')
  const standing = oneOf(search, 'standing', standings)
  const q = textOf(search, 'q')
  const { range, who } = search
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(isRange(range) ? { range } : {}),
    ...(state === undefined ? {} : { state }),
    ...(standing === undefined ? {} : { standing }),
    ...(search['open'] === true ? { open: true } : {}),
    ...(q === undefined ? {} : { q }),
    ...(isPeopleRule(who) ? { who } : {}),
  }
}
