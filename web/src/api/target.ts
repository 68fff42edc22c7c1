import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Target = Schemas['Target']
export type TargetOf = Schemas['TargetOf']
export type TargetBound = Schemas['Bound']
export type StoredTarget = Schemas['StoredTarget']
export type Measured = Schemas['Measured']
export type ReportNumber = Schemas['ReportNumber']
export type StepNumber = Schemas['StepNumber']
export type NumberForm = Schemas['Form']

const pathOf = (ws: string, target: string) => `/w/${ws}/targets/${encodeURIComponent(target)}`

export const targetsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'targets'], queryFn: ({ signal }) => ask<Schemas['Targets']>(`/w/${ws}/targets`, { signal }) })

/** A target with its number now; it is measured again when events arrive. */
export const measuredQuery = (ws: string, { id, version }: Pick<StoredTarget, 'id' | 'version'>) =>
  queryOptions({
    queryKey: ['w', ws, 'target', id, version],
    queryFn: ({ signal }) => ask<Measured>(`${pathOf(ws, id)}/measured`, { signal }),
    retry: false,
    meta: { live: true },
  })

/** The numbers of a saved report that a target can be set on. */
export const reportNumbersQuery = (ws: string, report: string) =>
  queryOptions({
    queryKey: ['w', ws, 'numbers', report],
    queryFn: ({ signal }) => ask<Schemas['ReportNumbers']>(`/w/${ws}/reports/${encodeURIComponent(report)}/numbers`, { signal }),
    enabled: report !== '',
    retry: false,
  })

export async function createTarget(ws: string, target: Target): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/targets`, { method: 'POST', body: target })
  await refresh(ws)
  return id
}

/** Writes over the version that was read; refused when somebody was faster. */
export async function changeTarget(ws: string, id: string, version: number, target: Target): Promise<void> {
  await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: target, headers: { 'if-match': String(version) } })
  await refresh(ws)
}

export async function deleteTarget(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  await refresh(ws)
}

async function refresh(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: targetsQuery(ws).queryKey })
}
