import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Counts = Schemas['Counts']
export type CountsAnswer = Schemas['CountsAnswer']

type Answer = Schemas['Answer']
/** The answer to a report of counts. */
export type CountsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'counts' }> }

/** Counts events and people over time; it is asked again when events arrive. */
export const countsQuery = (ws: string, counts: Counts, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'counts', counts, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<CountsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'counts', ...counts }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
