import type { ObjectKind } from '../api/object.ts'
import { isRecord } from '../lib/read.ts'

type Carrier = { readonly properties: unknown; readonly context: unknown }

/** The objects whose ids an event carries, by the same rules as the server: of a kind's fields the first that holds an id decides. */
export function objectsOf(event: Carrier, kinds: readonly ObjectKind[]): { readonly kind: string; readonly id: string }[] {
  return kinds.flatMap((kind) => {
    const id = kind.keys.map((field) => idOf(valueOf(event, field))).find((it) => it !== undefined)
    return id === undefined ? [] : [{ kind: kind.id, id }]
  })
}

function valueOf(event: Carrier, field: string): unknown {
  const [place, ...names] = field.split('.')
  const start: unknown = place === 'properties' ? event.properties : place === 'context' ? event.context : undefined
  return names.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), start)
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value + 0)
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}
