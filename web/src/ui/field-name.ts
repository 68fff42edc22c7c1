import type { Text } from '../i18n/use-text.ts'

const named = ['channel', 'touchpoint', 'event', 'source', 'stage'] as const

/** What a field is called: those that every event has in the language of the page, all others as they are sent. */
export function fieldName(field: string, text: Text): string {
  const known = named.find((it) => it === field)
  return known === undefined ? field : text(`fieldName.${known}`)
}
