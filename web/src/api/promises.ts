import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Promises = Schemas['Promises']
export type PromiseCounts = Schemas['PromiseCounts']
export type PromisePart = Schemas['PromisePart']
export type GapBin = Schemas['GapBin']
export type Touched = Schemas['Touched']

type Answer = Schemas['Answer']
/** The answer to a report of promises. */
export type PromisesReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'promises' }> }
export type PromisesAnswer = PromisesReply['numbers']

/** Asks how promises are kept; it is asked again when events arrive. */
export const promisesQuery = (ws: string, promises: Promises, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'promises', promises, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<PromisesReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'promises', ...promises }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
