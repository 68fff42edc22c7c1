import type { Text } from './use-text.ts'

/** Codes of why an event is held back. */
const codes = [
  'not_an_object',
  'type_unknown',
  'field_missing',
  'field_invalid',
  'id_missing',
  'id_invalid',
  'id_blocked',
  'event_name_invalid',
  'event_name_reserved',
  'event_names_full',
  'event_blocked',
  'message_id_invalid',
  'time_invalid',
  'time_too_early',
  'time_ahead',
  'too_large',
  'too_deep',
  'too_many_keys',
  'key_repeated',
  'nul_character',
  'text_invalid',
  'number_out_of_range',
  'row_invalid',
  'plan_broken',
  'not_held',
] as const

/** Why an event is held back, for people; a code that is not known yet speaks for itself. */
export function reasonText(text: Text, code: string): string {
  const known = codes.find((it) => it === code)
  return known === undefined ? code : text(`reason.${known}`)
}
