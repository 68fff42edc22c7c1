import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Counts = Schemas['Counts']
export type CountsAnswer = Schemas['CountsAnswer']

type Answer = Schemas['Answer']
/** The answer to a report of counts. */
export type CountsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'counts' }> }

/** Counts events and people over time; it is asked again when events arrive. */
export const countsQuery = (ws: string, counts: Counts, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'counts', counts],
    queryFn: ({ signal }) => ask<CountsReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'counts', ...counts }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
