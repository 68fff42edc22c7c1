import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type CostMapping = components['schemas']['CostMapping']
export type CostOutcome = components['schemas']['CostOutcome']
export type StoredCosts = components['schemas']['StoredCosts']
export type StoredCost = components['schemas']['StoredCost']
export type StoredCostImport = components['schemas']['StoredCostImport']
export type CostTotal = components['schemas']['CostTotal']
export type PaidFor = components['schemas']['PaidFor']

/** A file that was chosen. It stays in the browser until it is stored. */
export type CostFile = { readonly name: string; readonly text: string; readonly bytes: number }

export const costsQuery = (ws: string) => queryOptions({ queryKey: ['w', ws, 'costs'], queryFn: ({ signal }) => ask<StoredCosts>(`/w/${ws}/costs`, { signal }) })

/** What was paid for one campaign, day by day. */
export const campaignCostsQuery = (ws: string, campaign: string, from: string, to: string, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'costs', 'of', campaign, from, to],
    queryFn: ({ signal }) => ask<StoredCosts>(withQuery(`/w/${ws}/costs`, { campaign, from, to }), { signal }),
    enabled,
  })

/** What a file of costs would do. */
export const costLookQuery = (ws: string, file: CostFile, mapping: CostMapping | null) =>
  queryOptions({
    queryKey: ['w', ws, 'costs', 'look', file.name, file.bytes, mapping],
    queryFn: ({ signal }) => ask<CostOutcome>(`/w/${ws}/costs/files`, { method: 'POST', body: { name: file.name, text: file.text, mapping, dry_run: true }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  })

/** Stores a file in place of all that is known of its days and campaigns. */
export async function storeCosts(ws: string, file: CostFile, mapping: CostMapping | null, skipFaulty: boolean): Promise<CostOutcome> {
  const body = { name: file.name, text: file.text, mapping, skip_faulty: skipFaulty }
  const outcome = await ask<CostOutcome>(`/w/${ws}/costs/files`, { method: 'POST', body })
  await changed(ws)
  return outcome
}

/** Takes an import back; what it replaced counts again. */
export async function undoCosts(ws: string, id: number): Promise<void> {
  await ask<unknown>(`/w/${ws}/costs/imports/${id}/undo`, { method: 'POST', body: {} })
  await changed(ws)
}

/** Removes what is stored of one campaign on one day. */
export async function removeCost(ws: string, { day, channel, source, campaign }: StoredCost): Promise<void> {
  const search = new URLSearchParams({ from: day, to: day, channel, source, campaign })
  await ask<unknown>(`/w/${ws}/costs?${search.toString()}`, { method: 'DELETE' })
  await changed(ws)
}


/** Every report that tells costs is another one now. */
async function changed(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
}
