import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Difference = Schemas['Difference']
export type DifferenceAnswer = Schemas['DifferenceAnswer']
export type DifferenceMove = Schemas['DifferenceMove']
export type DifferenceSelect = Schemas['DifferenceSelect']

type Answer = Schemas['Answer']
/** The answer to why two funnels differ. */
export type DifferenceReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'difference' }> }

/** Asks why two funnels differ; it is asked again when events arrive. */
export const differenceQuery = (ws: string, difference: Difference, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'difference', difference, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<DifferenceReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'difference', ...difference }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
