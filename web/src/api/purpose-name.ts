import type { Text } from '../i18n/use-text.ts'

/** Names of the purposes that a workspace starts from: until somebody writes others they are told in the language of the page. */
const known = {
  Analytics: 'analytics',
  Marketing: 'marketing',
  Personalization: 'personalization',
  'Service messages': 'service',
} as const

/** The name of a purpose as it is read. */
export function purposeName(name: string, text: Text): string {
  const key = Object.entries(known).find(([it]) => it === name)?.[1]
  return key === undefined ? name : text(`consent.starter.${key}`)
}
