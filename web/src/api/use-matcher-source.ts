import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type CatalogEvent, catalogQuery, type FieldUse, fieldsQuery, type FieldValues, fieldValuesQuery } from './catalog.ts'
import { type Channel, channels } from './model.ts'
import { useWorkspace } from './use-workspace.ts'
import { vocabularyQuery } from './vocabulary.ts'

/** What matchers and filters can name in this workspace. */
export type MatcherNames = {
  readonly events: readonly CatalogEvent[]
  readonly touchpoints: readonly { readonly id: string; readonly name: string }[]
  readonly channels: readonly Channel[]
  readonly signals: readonly { readonly id: string; readonly name: string }[]
  readonly fields: readonly FieldUse[]
  readonly values: (field: string, prefix: string) => Promise<FieldValues['values']>
}

export function useMatcherSource(): MatcherNames {
  const { id: ws } = useWorkspace()
  const client = useQueryClient()
  const { data: catalog } = useQuery(catalogQuery(ws))
  const { data: fields } = useQuery(fieldsQuery(ws))
  const { data: stored } = useQuery(vocabularyQuery(ws))
  return useMemo(
    () => ({
      events: (catalog?.names ?? []).filter((it) => !it.system),
      touchpoints: stored?.vocabulary.touchpoints ?? [],
      channels,
      signals: stored?.vocabulary.signals ?? [],
      fields: fields?.fields ?? [],
      values: async (field, prefix) => (await client.fetchQuery(fieldValuesQuery(ws, field, prefix))).values,
    }),
    [catalog, fields, stored, client, ws],
  )
}
