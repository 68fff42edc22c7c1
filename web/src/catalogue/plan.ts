import type { PlannedEvent, PlannedProperty, TrackingPlan, TriedPlan } from '../api/plan.ts'

const START = 'properties.'

/** How far a plan goes: there is none, it counts what breaks it, or holds that back. */
export type PlanState = 'none' | 'watch' | 'lock'

export function planState(plan: TrackingPlan): PlanState {
  return (plan.events ?? []).length === 0 ? 'none' : (plan.mode ?? 'watch')
}

/** The path as people write it, without where all properties are. */
export function shownPath(property: string): string {
  return property.startsWith(START) ? property.slice(START.length) : property
}

export function propertyOf(path: string): string {
  return START + shownPath(path)
}

/** The plan with another event, first, where it is seen. */
export function withEvent(plan: TrackingPlan, event: string): TrackingPlan {
  return { ...plan, events: [{ event, properties: [], other_properties: 'allowed' }, ...(plan.events ?? [])] }
}

export function withoutEvent(plan: TrackingPlan, event: string): TrackingPlan {
  return { ...plan, events: (plan.events ?? []).filter((it) => it.event !== event) }
}

export function changedEvent(plan: TrackingPlan, next: PlannedEvent): TrackingPlan {
  return { ...plan, events: (plan.events ?? []).map((it) => (it.event === next.event ? next : it)) }
}

/** What can be said of a property; it is told to the server only where it asks for something. */
export type Wish = { readonly type: 'any' | 'text' | 'number' | 'flag'; readonly required: boolean; readonly values: readonly string[] }

export function wishOf({ type, required, values }: PlannedProperty): Wish {
  return { type: type ?? 'any', required: required ?? false, values: values ?? [] }
}

/** A property with another wish. Only texts have values that are listed. */
export function wished(property: string, { type, required, values }: Wish): PlannedProperty {
  return {
    property,
    ...(type === 'any' ? {} : { type }),
    ...(required ? { required } : {}),
    ...(type === 'text' && values.length > 0 ? { values } : {}),
  }
}

export function withProperty(event: PlannedEvent, property: string): PlannedEvent {
  return { ...event, properties: [...(event.properties ?? []), wished(property, { type: 'any', required: false, values: [] })] }
}

/** Whether one path is the other, or an object in which it lies. */
function overlaps(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`)
}

/**
 * A plan with what a proposal has besides: events that are not listed, and properties of those that are.
 * Whatever somebody has written stays as it is.
 */
export function withProposal(plan: TrackingPlan, proposal: TrackingPlan): TrackingPlan {
  const listed = plan.events ?? []
  const proposed = new Map((proposal.events ?? []).map((it) => [it.event, it]))
  const more = [...proposed.values()].filter((it) => !listed.some((of) => of.event === it.event))
  const wider = listed.map((it) => {
    const has = it.properties ?? []
    const others = (proposed.get(it.event)?.properties ?? []).filter((other) => !has.some((of) => overlaps(of.property, other.property)))
    return others.length === 0 ? it : { ...it, properties: [...has, ...others] }
  })
  return { ...plan, events: [...wider, ...more] }
}

/** What breaks a plan in one event, by property; what is said of the event itself has no property. */
export function breaksOf(tried: TriedPlan | undefined, event: string): TriedPlan['violations'] {
  return tried?.violations.filter((it) => it.event === event) ?? []
}

/** Events whose name or properties hold a text. */
export function foundEvents(plan: TrackingPlan, search: string): readonly PlannedEvent[] {
  const wanted = search.toLowerCase()
  const has = (text: string) => text.toLowerCase().includes(wanted)
  return (plan.events ?? []).filter((it) => has(it.event) || (it.properties ?? []).some((of) => has(shownPath(of.property))))
}
