import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Keeping = Schemas['Keeping']
export type KeptEvent = Schemas['KeptEvent']
export type StoredKeeping = Schemas['StoredKeeping']
export type KeepingPreview = Schemas['KeepingPreview']
export type Swept = Schemas['Swept']
export type Sweep = Schemas['Sweep']

const MOVE_MS = 3_000

export const keepingQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'privacy', 'keeping'],
    queryFn: ({ signal }) => ask<StoredKeeping>(`/w/${ws}/privacy/keeping`, { signal }),
  })

/** Every removal of what was past; it is looked at again while one goes on. */
export const sweepsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'privacy', 'sweeps'],
    queryFn: ({ signal }) => ask<Schemas['Sweeps']>(`/w/${ws}/privacy/sweeps`, { signal }),
    refetchInterval: (query) => (query.state.data?.sweeps.some((it) => it.state !== 'done') === true ? MOVE_MS : false),
  })

export async function changeKeeping(ws: string, version: number, keeping: Keeping): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/privacy/keeping`, { method: 'PUT', body: keeping, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'privacy'] })
  return now
}

/** What would go by limits if they held now, without writing them. */
export function previewKeeping(ws: string, keeping: Keeping): Promise<KeepingPreview> {
  return ask<KeepingPreview>(`/w/${ws}/privacy/keeping/preview`, { method: 'POST', body: keeping })
}

/** Removes what is past now. */
export async function askSweep(ws: string): Promise<Sweep> {
  const asked = await ask<Sweep>(`/w/${ws}/privacy/sweeps`, { method: 'POST', body: {} })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'privacy'] })
  return asked
}
