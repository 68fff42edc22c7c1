import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Reasons = components['schemas']['Reasons']
export type Reason = components['schemas']['Reason']
export type ReasonAnswer = components['schemas']['ReasonAnswer']
export type ReasonsSelect = components['schemas']['ReasonsSelect']
export type Quote = components['schemas']['Quote']

type Answer = components['schemas']['Answer']
/** The answer to a question about why people do not get there. */
export type ReasonsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'reasons' }> }

/** Asks why people do not get there; it is asked again when events arrive. */
export const reasonsQuery = (ws: string, reasons: Reasons, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'reasons', reasons, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<ReasonsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'reasons', ...reasons }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
