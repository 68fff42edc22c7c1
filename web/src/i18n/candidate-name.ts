import type { Text } from './use-text.ts'

/** A value with the field or trait that it is of. */
export function fieldValue(field: string, value: string, text: Text): string {
  return text('drivers.valueOf', { field: field === 'channel' ? text('drivers.fields.channel') : field, value })
}

type Candidate = { readonly of: string; readonly field: string }

/** What may go with an outcome: names of events and touchpoints stand for themselves. */
export function candidateName({ of, field }: Candidate, value: string, text: Text): string {
  const standsAlone = of !== 'trait' && (field === 'event' || field === 'touchpoint')
  const name = standsAlone ? value : fieldValue(field, value, text)
  return of === 'at_entry' ? text('drivers.atStart', { name }) : name
}
