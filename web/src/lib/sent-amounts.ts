import { isRecord } from './read.ts'

/** An amount of an event that was sent in another currency than it is read in. */
export type SentAmount = {
  /** The property, like `revenue` or `order.total`. */
  readonly path: string
  readonly sent: number
  /** What the event calls its currency, whatever that is. */
  readonly currency: string
  /** What it is read as; none where there is no rate. */
  readonly read: number | undefined
}

/** What was sent in the place of amounts that are read in another currency, by the name of the property. */
export function sentAmounts(properties: Readonly<Record<string, unknown>>): readonly SentAmount[] {
  const sent = properties.$sent
  if (!isRecord(sent)) return []
  const told = leaves(sent).map(([path, value]) => ({ path: path.join('.'), value, read: readAt(properties, path) }))
  // A currency is no number, unless somebody sent one; nobody has a rate for that, so it is all that is left in its place.
  const named = told.find((it) => typeof it.value !== 'number') ?? told.find((it) => it.read === it.value)
  return told.flatMap((it) => {
    if (it === named || typeof it.value !== 'number') return []
    return [{ path: it.path, sent: it.value, currency: String(named?.value ?? '').trim(), read: typeof it.read === 'number' ? it.read : undefined }]
  })
}

function readAt(properties: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), properties)
}

function leaves(value: Readonly<Record<string, unknown>>, before: readonly string[] = []): readonly (readonly [readonly string[], unknown])[] {
  return Object.entries(value).flatMap(([name, inner]) => (isRecord(inner) ? leaves(inner, [...before, name]) : [[[...before, name], inner] as const]))
}
