import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { Mapping } from './import.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type Hook = components['schemas']['ShownHook']
export type HookMaker = components['schemas']['HookMaker']
export type HookCheck = components['schemas']['HookCheck']
export type HookArrival = components['schemas']['HookArrival']
export type HookPreview = components['schemas']['HookPreview']
type HookReadAgain = components['schemas']['HookReadAgain']
type Hooks = components['schemas']['Hooks']
type HookArrivals = components['schemas']['HookArrivals']
type NewHook = components['schemas']['NewHook']
type HookChange = components['schemas']['HookChange']

/** Others send at any time, so what is shown is asked for again. */
const FRESH_MS = 5_000

export const hooksQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'hooks'], queryFn: ({ signal }) => ask<Hooks>(`/w/${ws}/hooks`, { signal }), refetchInterval: FRESH_MS })

export const hookArrivalsQuery = (ws: string, id: number) =>
  queryOptions({
    queryKey: ['w', ws, 'hooks', id, 'arrivals'],
    queryFn: ({ signal }) => ask<HookArrivals>(`/w/${ws}/hooks/${id}/arrivals`, { signal }),
    refetchInterval: FRESH_MS,
  })

/** What a body becomes; without a mapping one is suggested. */
export const hookPreviewQuery = (ws: string, body: string, mapping: Mapping | null) =>
  queryOptions({
    queryKey: ['w', ws, 'hooks', 'preview', body, mapping],
    queryFn: ({ signal }) => ask<HookPreview>(`/w/${ws}/hooks/preview`, { method: 'POST', body: { body, ...(mapping === null ? {} : { mapping }) }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    enabled: body.trim() !== '',
  })

export async function makeHook(ws: string, hook: NewHook): Promise<Hook> {
  const made = await ask<Hook>(`/w/${ws}/hooks`, { method: 'POST', body: hook })
  await queryClient.invalidateQueries({ queryKey: hooksQuery(ws).queryKey })
  return made
}

export async function changeHook(ws: string, id: number, change: HookChange): Promise<void> {
  await ask<unknown>(`/w/${ws}/hooks/${id}`, { method: 'PATCH', body: change })
  await queryClient.invalidateQueries({ queryKey: hooksQuery(ws).queryKey })
}

/** Reads what came before there was a mapping by the one that there is now. */
export async function readHookAgain(ws: string, id: number): Promise<HookReadAgain> {
  const read = await ask<HookReadAgain>(`/w/${ws}/hooks/${id}/again`, { method: 'POST' })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
  return read
}

/** Deletes a webhook; what it has brought stays, or is taken back with it. */
export async function removeHook(ws: string, id: number, withEvents: boolean): Promise<void> {
  await ask<unknown>(withQuery(`/w/${ws}/hooks/${id}`, withEvents ? { with_events: 'true' } : {}), { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: withEvents ? ['w', ws] : hooksQuery(ws).queryKey })
}
