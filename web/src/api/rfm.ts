import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Rfm = components['schemas']['Rfm']
export type RfmAnswer = components['schemas']['RfmAnswer']
export type RfmCell = components['schemas']['RfmCell']
export type RfmGroup = components['schemas']['RfmGroup']
export type RfmGroupLine = components['schemas']['RfmGroupLine']
export type RfmScore = components['schemas']['RfmScore']
export type RfmSelect = components['schemas']['RfmSelect']

type Answer = components['schemas']['Answer']
/** The answer to a report of recency, frequency and money. */
export type RfmReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'rfm' }> }

/** Asks who buys lately, often and for much; it is asked again when events arrive. */
export const rfmQuery = (ws: string, rfm: Rfm, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'rfm', rfm],
    queryFn: ({ signal }) => ask<RfmReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'rfm', ...rfm }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
