import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Crm = Schemas['ShownCrm']
export type CrmSettings = Schemas['CrmSettings']
export type CrmRule = Schemas['CrmRule']
export type CrmValue = Schemas['CrmValue']
export type CrmLeads = Schemas['Leads']
export type CrmRun = Schemas['CrmRun']
export type CrmPreview = Schemas['CrmPreview']
export type CrmPreviewedValue = Schemas['CrmPreviewedValue']

const key = (ws: string) => ['w', ws, 'crm'] as const

/** While a run goes on, what becomes of it is asked for again. */
const RUNNING_AGAIN_MS = 2_000

/** What is written to the CRM, and what became of the last run. */
export const crmQuery = (ws: string) =>
  queryOptions({
    queryKey: key(ws),
    queryFn: ({ signal }) => ask<Crm>(`/w/${ws}/crm`, { signal }),
    refetchInterval: (query) => (query.state.data?.is_running === true ? RUNNING_AGAIN_MS : false),
  })

/** Writes what is written from now on; an empty token leaves the one that there is. */
export async function changeCrm(ws: string, version: number, settings: CrmSettings, token: string): Promise<number> {
  const body = { settings, ...(token === '' ? {} : { token }) }
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/crm`, { method: 'PUT', body, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
  return now
}

/** What would be written to the first people. */
export function previewCrm(ws: string, settings: CrmSettings): Promise<CrmPreview> {
  return ask<CrmPreview>(`/w/${ws}/crm/preview`, { method: 'POST', body: settings })
}

/** Begins a run that looks at everybody. */
export async function runCrm(ws: string): Promise<void> {
  await ask(`/w/${ws}/crm/run`, { method: 'POST', body: {} })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
}

export async function removeCrm(ws: string): Promise<void> {
  await ask(`/w/${ws}/crm`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
}
