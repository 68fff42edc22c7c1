import type { ObjectStory } from '../api/object.ts'

/** A place on the line of an object: a state that it entered, or the moment that was promised. */
export type Stop =
  | { readonly kind: 'state'; readonly at: string; readonly state: string; readonly ms: number | null }
  | { readonly kind: 'promise'; readonly at: string }

/** States in their order, with how long each lasted, and the promised moment among them. A state that is entered at that very moment comes first. */
export function stopsOf({ passages, promise }: Pick<ObjectStory, 'passages' | 'promise'>): Stop[] {
  const states = passages.map((it): Stop => ({
    kind: 'state',
    at: it.from,
    state: it.state,
    ms: it.to == null ? null : Date.parse(it.to) - Date.parse(it.from),
  }))
  const promised = promise?.promised
  if (promised == null) return states
  const before = states.filter((it) => Date.parse(it.at) <= Date.parse(promised)).length
  return [...states.slice(0, before), { kind: 'promise', at: promised }, ...states.slice(before)]
}
