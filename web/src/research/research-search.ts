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
  const read: ResearchPageSearch = {
    ...told('q', textOf(search, 'q')),
    ...told('study', textOf(search, 'study')),
    ...told('method', oneOf(search, 'method', methods)),
    ...told('tag', textOf(search, 'tag')),
    ...told('segment', textOf(search, 'segment')),
    ...told('map', textOf(search, 'map')),
    ...told('step', textOf(search, 'step')),
  }
  // A step says nothing without its map, and field notes have no steps.
  const { map, step, ...rest } = read
  if (oneOf(search, 'tab', tabs) === 'notes') return { ...rest, tab: 'notes' }
  return { ...rest, ...told('map', map), ...(map === undefined ? {} : told('step', step)) }
}

/** What the server is asked. */
export function askedFor({ tab: _, ...search }: ResearchPageSearch): ResearchSearch {
  return search
}

function told<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [key in Name]?: Value } {
  const member: { [key in Name]?: Value } = {}
  if (value !== undefined) member[name] = value
  return member
}
