import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
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
export const rfmQuery = (ws: string, rfm: Rfm, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'rfm', rfm, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<RfmReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'rfm', ...rfm }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
