import { useQuery } from '@tanstack/react-query'
import { accountTypesQuery } from '../api/account.ts'
import { traitsQuery } from '../api/traits.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { type FieldChoice, fieldChoices, traitChoices, withChosen } from './field-choices.ts'

/** What lines can be told apart by: fields of events, and traits that sources have told; `counted` is the type of accounts that is counted in place of people. */
export function useByChoices(chosen: readonly (string | null | undefined)[], counted: string | null = null): FieldChoice[] {
  const text = useText()
  const { id: ws } = useWorkspace()
  const source = useMatcherSource()
  const { data: traits } = useQuery(traitsQuery(ws))
  const { data: accounts } = useQuery(accountTypesQuery(ws))
  const told = { traits: (traits?.traits ?? []).map((it) => it.name), accounts: accounts?.types ?? [] }
  const seen = source.fields.map((it) => it.field)
  return withChosen([...fieldChoices(seen, text), ...traitChoices(told, counted, text)], chosen, text)
}
