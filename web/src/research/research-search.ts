import { type Method, methods, type ResearchSearch } from '../api/research.ts'
import { oneOf, textOf } from '../lib/read.ts'

export const tabs = ['quotes', 'notes'] as const

/** What of the research page stands in its URL. */
export type ResearchPageSearch = {
  readonly tab?: 'notes'
  readonly q?: string
  readonly study?: string
  readonly method?: Method
  readonly tag?: string
  readonly segment?: string
  readonly map?: string
  readonly step?: string
}

export function readResearchSearch(search: Record<string, unknown>): ResearchPageSearch {
  const isNotes = oneOf(search, 'tab', tabs) === 'notes'
  const method = oneOf(search, 'method', methods)
  const [q, study, tag, segment, map, step] = ['q', 'study', 'tag', 'segment', 'map', 'step'].map((name) => textOf(search, name))
  return whole({ tab: isNotes ? 'notes' : undefined, q, study, method, tag, segment, map, step })
}

/** A search without what is not said: a step says nothing without its map, and field notes have no steps. */
export function whole(search: { readonly [Key in keyof ResearchPageSearch]?: ResearchPageSearch[Key] | undefined }): ResearchPageSearch {
  const { tab, q, study, method, tag, segment, map, step } = search
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(q === undefined || q === '' ? {} : { q }),
    ...(study === undefined ? {} : { study }),
    ...(method === undefined ? {} : { method }),
    ...(tag === undefined ? {} : { tag }),
    ...(segment === undefined ? {} : { segment }),
    ...(map === undefined || tab !== undefined ? {} : { map }),
    ...(step === undefined || map === undefined || tab !== undefined ? {} : { step }),
  }
}

/** What the server is asked. */
export function askedFor({ tab: _, ...search }: ResearchPageSearch): ResearchSearch {
  return search
}
