import { keepPreviousData, queryOptions } from '@tanstack/react-query'
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
export const differenceQuery = (ws: string, difference: Difference, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'difference', difference],
    queryFn: ({ signal }) => ask<DifferenceReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'difference', ...difference }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
