import type { Text } from '../i18n/use-text.ts'
import { readBy } from '../lib/by.ts'

const named = ['channel', 'touchpoint', 'event', 'source', 'stage'] as const

/** What a field or a trait is called: fields that every event has in the language of the page, all others as they are sent. */
export function fieldName(path: string, text: Text): string {
  const by = readBy(path)
  if (by.kind === 'trait') return text('fieldName.trait', { name: by.name })
  if (by.kind === 'account') return by.type === 'account' ? text('fieldName.ofAccount', { name: by.name }) : text('fieldName.ofType', { type: by.type, name: by.name })
  const known = named.find((it) => it === by.field)
  return known === undefined ? by.field : text(`fieldName.${known}`)
}
