import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Erasure = Schemas['Erasure']
export type Left = Schemas['Left']

const MOVE_MS = 3_000

const isMoving = (it: Erasure) => it.state !== 'done' || it.lifted?.is_done === false

/** Everybody who was asked to be erased; it is looked at again while somebody waits. */
export const erasuresQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'erasures'],
    queryFn: ({ signal }) => ask<Schemas['Erasures']>(`/w/${ws}/erasures`, { signal }),
    refetchInterval: (query) => (query.state.data?.erasures.some(isMoving) === true ? MOVE_MS : false),
  })

export async function eraseProfile(ws: string, profile: number, refuseLater: boolean): Promise<Erasure> {
  const body = { refuse_later: refuseLater } satisfies Schemas['EraseOrder']
  const asked = await ask<Erasure>(`/w/${ws}/profiles/${profile}/erase`, { method: 'POST', body })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'erasures'] })
  return asked
}

/** Takes in again what comes of somebody who was erased. */
export async function liftErasure(ws: string, erasure: number, why: string): Promise<Erasure> {
  const body = { why } satisfies Schemas['LiftOrder']
  const asked = await ask<Erasure>(`/w/${ws}/erasures/${erasure}/lift`, { method: 'POST', body })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'erasures'] })
  return asked
}

/** Where a file of everything that is held of a profile lies. */
export const copyAddress = (ws: string, profile: number) => `/api/w/${ws}/profiles/${profile}/export`
