import type { Text } from '../i18n/use-text.ts'
import { accountPath, readBy, traitPath } from '../lib/by.ts'
import { fieldName } from '../ui/field-name.ts'

export type FieldChoice = { readonly value: string; readonly label: string }

/** Fields that every event has, then those that were seen. */
export function fieldChoices(seen: readonly string[], text: Text): FieldChoice[] {
  const always = ['channel', 'touchpoint', 'event', 'source']
  return [...always, ...seen.filter((it) => !always.includes(it))].map((value) => ({ value, label: fieldName(value, text) }))
}

/** What was told of people and of the accounts that they belong to. */
export type Told = {
  readonly traits: readonly string[]
  readonly accounts: readonly { readonly account_type: string; readonly traits: readonly string[] }[]
}

/** Traits that lines can be told apart by; of a report that counts accounts those of their type only. */
export function traitChoices({ traits, accounts }: Told, counted: string | null, text: Text): FieldChoice[] {
  const ofPeople = counted === null ? traits.map(traitPath) : []
  const ofAccounts = accounts.filter((it) => counted === null || it.account_type === counted).flatMap((it) => it.traits.map((name) => accountPath(it.account_type, name)))
  return [...ofPeople, ...ofAccounts].map((value) => ({ value, label: fieldName(value, text) }))
}

/** The choices, with what is chosen and was not seen. */
export function withChosen(choices: readonly FieldChoice[], chosen: readonly (string | null | undefined)[], text: Text): FieldChoice[] {
  const unseen = chosen.filter((it) => it != null && it !== '').filter((it): it is string => !choices.some((choice) => choice.value === it))
  return [...choices, ...[...new Set(unseen)].map((value) => ({ value, label: fieldName(value, text) }))]
}

/** Whether lines can be told apart by it where accounts of a type are counted in place of people. */
export function isToldOf(path: string, counted: string | null): boolean {
  const by = readBy(path)
  return counted === null || by.kind === 'field' || (by.kind === 'account' && by.type === counted)
}

/** Whether a path is one of a trait. */
export const isTrait = (path: string) => readBy(path).kind !== 'field'
