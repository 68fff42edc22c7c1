import type { Range } from '../api/model.ts'
import type { TopicAnswer, TopicsReport } from '../api/topics.ts'
import { isRecord } from '../lib/read.ts'
import { readFunnelSearch } from './funnel-search.ts'
import { suggestedQuotes } from './reasons.ts'

/** The question of who has asked nothing yet. */
export function plainTopics(range: Range): TopicsReport {
  return { range, fields: [] }
}

/** It can be asked with a field, and a way has two named steps. */
export function canAskTopics({ fields, way }: TopicsReport): boolean {
  return fields.length > 0 && (way == null || (way.steps.length > 1 && way.steps.every((it) => it.name.trim() !== '')))
}

/** Fields whose values read like sentences of people, then those of what they search for. */
export function suggestedTexts(fields: readonly string[]): readonly string[] {
  const searches = fields.filter((it) => it.startsWith('properties.') && /query|keyword|search_?(term|text)|搜索词|搜尋詞|关键词|關鍵詞/i.test(it))
  return [...new Set([...suggestedQuotes(fields), ...searches])].slice(0, 4)
}

/** A topic in one line. */
export function topicName({ terms }: Pick<TopicAnswer, 'terms'>): string {
  return terms.slice(0, 4).join(' · ')
}

/** The question stands in the URL, so that a link shows the same. */
export type TopicsSearch = { readonly ask?: TopicsReport }

export function readTopicsSearch(search: Record<string, unknown>): TopicsSearch {
  const ask = search['ask']
  return isTopics(ask) ? { ask } : {}
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isTopics(value: unknown): value is TopicsReport {
  if (!isRecord(value)) return false
  const { fields, way } = value
  const steps = isRecord(way) ? way['steps'] : []
  // The range, the steps and the people are written as those of a funnel.
  if (readFunnelSearch({ ask: { ...value, steps } }).ask === undefined) return false
  return Array.isArray(fields) && fields.every((it) => typeof it === 'string')
}
