import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Attribution = components['schemas']['AttributionReport']
export type AttributionAnswer = components['schemas']['AttributionAnswer']
export type CreditLine = components['schemas']['CreditLine']
export type CreditModel = components['schemas']['CreditModel']
export type Credit = components['schemas']['Credit']

type Answer = components['schemas']['Answer']
/** The answer to a report of attribution. */
export type AttributionReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'attribution' }> }

/** Asks for the credit of conversions; it is asked again when events arrive. */
export const attributionQuery = (ws: string, attribution: Attribution, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'attribution', attribution, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<AttributionReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'attribution', ...attribution }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
