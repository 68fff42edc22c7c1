import type { PeopleOverlap } from '../api/segment.ts'
import type { PeopleRule } from '../api/model.ts'

/** A segment that can be made with one press, out of what the workspace knows. */
export type Template = { readonly key: 'active' | 'silent' | 'often' | 'stage' | 'turned'; readonly name: string; readonly rule: PeopleRule }

type Known = {
  readonly events: readonly { readonly name: string; readonly events: number }[]
  readonly stages: readonly { readonly id: string; readonly name: string }[]
}

/** Useful beginnings, only of names that the workspace has. */
export function templatesOf({ events, stages }: Known): readonly Template[] {
  const [last, before] = [stages.at(-1), stages.at(-2)]
  const [often, next] = events.toSorted((a, b) => b.events - a.events)
  const recent = { did: { matcher: {}, within: { last: '30d' } } } as const
  return [
    { key: 'active', name: '', rule: recent },
    { key: 'silent', name: '', rule: { not: recent } },
    ...(often === undefined ? [] : [{ key: 'often', name: often.name, rule: { did: { matcher: { events: [often.name] }, times: { at_least: 3 }, within: { last: '30d' } } } } satisfies Template]),
    ...(last === undefined ? [] : [{ key: 'stage', name: last.name, rule: { stage: { id: last.id } } } satisfies Template]),
    ...(before === undefined
      ? often === undefined || next === undefined
        ? []
        : [{ key: 'turned', name: often.name, rule: { all: [{ did: { matcher: { events: [often.name] } } }, { not: { did: { matcher: { events: [next.name] } } } }] } } satisfies Template]
      : [{ key: 'turned', name: before.name, rule: { all: [{ stage: { id: before.id } }, { not: recent }] } } satisfies Template]),
  ]
}

/** How much of the first rule each other one has, the most first. */
export function sharedWith(overlap: PeopleOverlap): readonly { readonly index: number; readonly people: number; readonly size: number }[] {
  return overlap.pairs
    .filter((it) => it.first === 0)
    .map((it) => ({ index: it.second, people: it.people, size: overlap.sizes[it.second] ?? 0 }))
    .toSorted((a, b) => b.people - a.people)
}

/** The count of a condition at its place; a negation stands at the place itself, others under their kind. */
export function countOf(counts: { readonly people: number; readonly conditions: readonly { readonly place: string; readonly people: number }[] }, place: string): number | null {
  if (place === '') return counts.people
  const at = (wanted: string) => counts.conditions.find((it) => it.place === wanted)?.people
  const kinds = ['did', 'in_order', 'stage', 'listed', 'trait', 'account', 'consent', 'segment']
  return at(place) ?? kinds.map((it) => at(`${place}.${it}`)).find((it) => it !== undefined) ?? null
}
