import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useText } from '../i18n/use-text.ts'
import type { Channel } from './model.ts'
import { accountTypesQuery } from './account.ts'
import { consentPolicyQuery } from './privacy.ts'
import { purposeName } from './purpose-name.ts'
import { segmentsQuery } from './segment.ts'
import { traitsQuery, traitValuesQuery } from './traits.ts'
import { type MatcherNames, useMatcherSource } from './use-matcher-source.ts'
import { useWorkspace } from './use-workspace.ts'
import { vocabularyQuery } from './vocabulary.ts'

type Named = { readonly id: string; readonly name: string }

/** What conditions on people can name in this workspace. */
export type PeopleNamesSource = MatcherNames & {
  readonly stages: readonly Named[]
  readonly segments: readonly Named[]
  readonly traits: Pick<MatcherNames, 'fields' | 'values'>
  readonly accounts: readonly { readonly account_type: string; readonly traits: readonly string[] }[]
  readonly purposes: readonly (Named & { readonly channels: readonly Channel[] })[]
}

export function usePeopleSource(): PeopleNamesSource {
  const { id: ws } = useWorkspace()
  const client = useQueryClient()
  const text = useText()
  const matchers = useMatcherSource()
  const { data: stored } = useQuery(vocabularyQuery(ws))
  const { data: segments } = useQuery(segmentsQuery(ws))
  const { data: traits } = useQuery(traitsQuery(ws))
  const { data: accounts } = useQuery(accountTypesQuery(ws))
  const { data: consent } = useQuery(consentPolicyQuery(ws))
  return useMemo(
    () => ({
      ...matchers,
      stages: stored?.vocabulary.stages ?? [],
      segments: (segments?.segments ?? []).map(({ id, title }) => ({ id, name: title })),
      traits: {
        fields: (traits?.traits ?? []).map(({ name }) => ({ field: name, share: 0, types: [] })),
        values: async (name, prefix) => (await client.fetchQuery(traitValuesQuery(ws, name, prefix))).values.map(({ value, profiles }) => ({ value, events: profiles })),
      },
      accounts: accounts?.types ?? [],
      purposes: (consent?.policy.purposes ?? []).map(({ id, name, channels }) => ({ id, name: purposeName(name, text), channels: channels ?? [] })),
    }),
    [matchers, stored, segments, traits, accounts, consent, client, ws, text],
  )
}
