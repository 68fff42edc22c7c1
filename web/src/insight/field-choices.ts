import type { Text } from '../i18n/use-text.ts'
import { fieldName } from '../ui/field-name.ts'

/** Fields that every event has, then those that were seen. */
export function fieldChoices(seen: readonly string[], text: Text): { readonly value: string; readonly label: string }[] {
  const always = ['channel', 'touchpoint', 'event', 'source']
  return [...always, ...seen.filter((it) => !always.includes(it))].map((value) => ({ value, label: fieldName(value, text) }))
}
