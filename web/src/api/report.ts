import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type ReportEntry = Schemas['ReportEntry']
export type StoredReport = Schemas['StoredReport']
/** What is written of a report; the server knows who writes. */
export type TitledReport = Schemas['TitledReport']

const pathOf = (ws: string, report: string) => `/w/${ws}/reports/${encodeURIComponent(report)}`

export const reportsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'reports'], queryFn: ({ signal }) => ask<Schemas['Reports']>(`/w/${ws}/reports`, { signal }) })

export const reportQuery = (ws: string, report: string) =>
  queryOptions({ queryKey: ['w', ws, 'reports', report], queryFn: ({ signal }) => ask<StoredReport>(pathOf(ws, report), { signal }), retry: false })

export async function createReport(ws: string, report: TitledReport): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/reports`, { method: 'POST', body: report })
  await refresh(ws)
  return id
}

/** Writes over the version that was read; refused when somebody was faster. */
export async function changeReport(ws: string, id: string, version: number, report: TitledReport): Promise<void> {
  await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: report, headers: { 'if-match': String(version) } })
  await refresh(ws)
}

export async function deleteReport(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: reportQuery(ws, id).queryKey })
  await queryClient.invalidateQueries({ queryKey: reportsQuery(ws).queryKey, exact: true })
}

/** The version of what is not there: writing over it brings a deleted report back under its id. */
export const NO_VERSION = 0

async function refresh(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: reportsQuery(ws).queryKey })
}

/** What a stored report is written as. */
export function titledOf({ title, description, report, against, page, owner }: StoredReport): TitledReport {
  return { title, description, report, ...(against == null ? {} : { against }), ...(page == null ? {} : { page }), ...(owner == null ? {} : { owner: owner.id }) }
}
