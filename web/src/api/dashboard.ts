import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { Range, Report } from './model.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Dashboard = Schemas['Dashboard']
export type DashboardEntry = Schemas['DashboardEntry']
export type StoredDashboard = Schemas['StoredDashboard']
export type Tile = Schemas['Tile']
/** What holds for every report of a dashboard. */
export type Narrow = Schemas['Narrow']
export type ShareLink = Schemas['ShareLink']
export type SharedKind = Schemas['SharedKind']
export type Shared = Schemas['Shared']
export type SharedTile = Schemas['SharedTile']
/** The answer to any report. */
export type Answer = Schemas['Answer']

const pathOf = (ws: string, id: string) => `/w/${ws}/dashboards/${encodeURIComponent(id)}`

export const dashboardsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'dashboards'], queryFn: ({ signal }) => ask<Schemas['Dashboards']>(`/w/${ws}/dashboards`, { signal }) })

export const dashboardQuery = (ws: string, id: string) =>
  queryOptions({ queryKey: ['w', ws, 'dashboards', id], queryFn: ({ signal }) => ask<StoredDashboard>(pathOf(ws, id), { signal }), retry: false })

export async function createDashboard(ws: string, dashboard: Dashboard): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/dashboards`, { method: 'POST', body: dashboard })
  await queryClient.invalidateQueries({ queryKey: dashboardsQuery(ws).queryKey })
  return id
}

/** Writes over the version that was read; refused when somebody was faster. */
export async function changeDashboard(ws: string, id: string, version: number, dashboard: Dashboard): Promise<number> {
  const changed = await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: dashboard, headers: { 'if-match': String(version) } })
  void queryClient.invalidateQueries({ queryKey: dashboardsQuery(ws).queryKey, exact: true })
  return changed.version
}

export async function deleteDashboard(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: dashboardQuery(ws, id).queryKey })
  await queryClient.invalidateQueries({ queryKey: dashboardsQuery(ws).queryKey, exact: true })
}

/** Asks any report, under the same name as the page of its kind, so that both share one answer. */
export const reportAnswerQuery = (ws: string, report: Report | null) => {
  const { kind, ...ofKind } = report ?? { kind: 'nothing' as const }
  const isReturn = kind === 'retention' || kind === 'stickiness' || kind === 'lifecycle'
  return queryOptions({
    queryKey: ['w', ws, 'ask', kind, isReturn ? report : ofKind],
    queryFn: ({ signal }) => ask<Answer>(`/w/${ws}/ask`, { method: 'POST', body: report, signal }),
    enabled: report !== null,
    retry: false,
    meta: { live: true },
  })
}

export const sharesQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'shares'], queryFn: ({ signal }) => ask<Schemas['ShareLinks']>(`/w/${ws}/shares`, { signal }) })

/** Makes a link. Its path is in the answer and nowhere else. */
export async function makeShare(ws: string, share: Schemas['NewShare']): Promise<Schemas['MadeShare']> {
  const made = await ask<Schemas['MadeShare']>(`/w/${ws}/shares`, { method: 'POST', body: share })
  await queryClient.invalidateQueries({ queryKey: sharesQuery(ws).queryKey })
  return made
}

export async function revokeShare(ws: string, id: number): Promise<void> {
  await ask<null>(`/w/${ws}/shares/${id}`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: sharesQuery(ws).queryKey })
}

/** What a link shows, for whoever has it. */
export const sharedQuery = (token: string) =>
  queryOptions({ queryKey: ['shared', token], queryFn: ({ signal }) => ask<Shared>(`/shared/${encodeURIComponent(token)}`, { signal }), retry: false })

/** The numbers of one tile of a link. */
export const sharedTileQuery = (token: string, tile: string, range: Range | undefined) =>
  queryOptions({
    queryKey: ['shared', token, tile, range],
    queryFn: ({ signal }) => ask<Answer>(withQuery(`/shared/${encodeURIComponent(token)}/tiles/${encodeURIComponent(tile)}`, sharedRange(range)), { signal }),
    retry: false,
  })

/** The numbers that those of a tile are compared with. */
export const sharedOtherSideQuery = (token: string, tile: string, range: Range | undefined) =>
  queryOptions({
    queryKey: ['shared', token, tile, 'against', range],
    queryFn: ({ signal }) => ask<Answer>(withQuery(`/shared/${encodeURIComponent(token)}/tiles/${encodeURIComponent(tile)}/against`, sharedRange(range)), { signal }),
    retry: false,
  })

function sharedRange(range: Range | undefined): Record<string, string | undefined> {
  if (range === undefined) return {}
  if ('last' in range) return { last: range.last }
  // Pages choose no other days than these.
  return 'between' in range ? { from: range.between.from, to: range.between.to } : {}
}
