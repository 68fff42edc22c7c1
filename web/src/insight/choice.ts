import type { Choice, ChoiceReply } from '../api/choice.ts'
import type { Range } from '../api/model.ts'
import { isRecord } from '../lib/read.ts'
import { readFunnelSearch } from './funnel-search.ts'

/** The question of who has asked nothing yet. */
export function plainChoice(range: Range): Choice {
  return { range, goal: {}, by: 'channel' }
}

/** It can be asked with a goal and something that may matter. */
export function canAskChoice({ goal, traits = [], fields = [], before = [] }: Choice): boolean {
  return Object.keys(goal).length > 0 && traits.length + fields.length + before.length > 0 && before.every((it) => it.name.trim() !== '')
}

/** The largest odds or bound of any factor, upwards or downwards, as a logarithm. */
export function oddsReach(factors: readonly Pick<NonNullable<ChoiceReply['numbers']['model']>['factors'][number], 'odds' | 'interval'>[]): number {
  const all = factors.flatMap(({ odds, interval }) => [odds, interval.low, interval.high]).map((it) => Math.abs(Math.log(it)))
  return Math.max(Math.log(2), ...all.filter((it) => Number.isFinite(it)))
}

/** The question stands in the URL, so that a link shows the same. */
export type ChoiceSearch = { readonly ask?: Choice }

export function readChoiceSearch(search: Record<string, unknown>): ChoiceSearch {
  const ask = search['ask']
  return isChoice(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isChoice(value: unknown): value is Choice {
  // The range and the people are written as those of a funnel, and what was met before as its steps.
  if (!isRecord(value) || !isRecord(value['goal']) || readFunnelSearch({ ask: { ...value, steps: value['before'] ?? [] } }).ask === undefined) return false
  const areNames = (it: unknown) => it === undefined || (Array.isArray(it) && it.every((name) => typeof name === 'string'))
  const { by } = value
  return areNames(value['traits']) && areNames(value['fields']) && (by === undefined || typeof by === 'string')
}
