import { keepPreviousData, queryOptions } from '@tanstack/react-query'
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
export const attributionQuery = (ws: string, attribution: Attribution, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'attribution', attribution],
    queryFn: ({ signal }) => ask<AttributionReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'attribution', ...attribution }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
