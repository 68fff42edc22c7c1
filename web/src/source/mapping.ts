import type { Mapping } from '../api/import.ts'

/** The parts of a mapping that take one column. */
export type ColumnPart = 'user' | 'anonymous' | TypedPart | 'event' | 'time' | 'channel' | 'message'

/** Parts that hold identifiers of a type; one column each. */
type TypedPart = 'email' | 'phone' | 'loyalty'

export const columnParts = ['user', 'anonymous', 'email', 'phone', 'loyalty', 'event', 'time', 'channel', 'message'] as const satisfies readonly ColumnPart[]

/** What a part is set to: a column, one value for all rows, or nothing. */
export type PartValue = { readonly kind: 'column'; readonly column: string } | { readonly kind: 'constant'; readonly constant: string } | { readonly kind: 'none' }

const NONE: PartValue = { kind: 'none' }

export function partOf(mapping: Mapping, part: ColumnPart): PartValue {
  switch (part) {
    case 'user':
    case 'anonymous':
    case 'message':
      return columnValue(mapping[part])
    case 'email':
    case 'phone':
    case 'loyalty':
      return columnValue(Object.entries(mapping.identifiers ?? {}).find(([, kind]) => kind === part)?.[0])
    case 'time':
      return columnValue(mapping.time?.column)
    case 'event':
    case 'channel': {
      const source = mapping[part]
      if (source === undefined || source === null) return NONE
      return 'column' in source ? { kind: 'column', column: source.column } : { kind: 'constant', constant: source.constant }
    }
  }
}

/** The mapping with one part changed; what it was before is forgotten. */
export function withPart(mapping: Mapping, part: ColumnPart, value: PartValue): Mapping {
  const column = value.kind === 'column' ? value.column : null
  switch (part) {
    case 'user':
    case 'anonymous':
    case 'message':
      return { ...mapping, [part]: column }
    case 'email':
    case 'phone':
    case 'loyalty': {
      const others = Object.entries(mapping.identifiers ?? {}).filter(([name, kind]) => kind !== part && name !== column)
      return { ...mapping, identifiers: Object.fromEntries(column === null ? others : [...others, [column, part] as const]) }
    }
    case 'time':
      return { ...mapping, time: column === null ? null : { ...mapping.time, column } }
    case 'event':
    case 'channel':
      return { ...mapping, [part]: sourceOf(value) }
  }
}

/** The mapping with another form or zone of its times; an empty one means the usual. */
export function withTime(mapping: Mapping, change: { readonly format?: string; readonly zone?: string }): Mapping {
  const { time } = mapping
  if (time === undefined || time === null) return mapping
  const { format, zone } = { ...time, ...change }
  const isSet = (text: string | undefined) => text !== undefined && text !== ''
  return { ...mapping, time: { column: time.column, ...(isSet(format) ? { format } : {}), ...(isSet(zone) ? { zone } : {}) } }
}

/** Columns that become properties: those that nothing else uses and nobody left out. */
export function propertyColumns(mapping: Mapping, columns: readonly string[]): string[] {
  const used = new Set(columnParts.map((part) => partOf(mapping, part)).flatMap((it) => (it.kind === 'column' ? [it.column] : [])))
  return columns.filter((it) => !used.has(it))
}

/** Takes a column in as a property, or leaves it out. */
export function toggleIgnored(mapping: Mapping, column: string): Mapping {
  const before = mapping.properties?.ignore ?? []
  const ignore = before.includes(column) ? before.filter((it) => it !== column) : [...before, column]
  return { ...mapping, properties: { ...mapping.properties, ignore } }
}

function columnValue(column: string | null | undefined): PartValue {
  return column === null || column === undefined ? NONE : { kind: 'column', column }
}

function sourceOf(value: PartValue): { readonly column: string } | { readonly constant: string } | null {
  if (value.kind === 'none') return null
  return value.kind === 'column' ? { column: value.column } : { constant: value.constant }
}
