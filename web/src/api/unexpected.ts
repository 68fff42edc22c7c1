import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Unexpected = components['schemas']['Unexpected']
export type UnexpectedWay = components['schemas']['UnexpectedWay']

type Answer = components['schemas']['Answer']
/** The answer to a question about ways that nobody would have expected. */
export type UnexpectedReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'unexpected' }> }

/** Asks which ways stand out; it is asked again when events arrive. */
export const unexpectedQuery = (ws: string, unexpected: Unexpected, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'unexpected', unexpected, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<UnexpectedReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'unexpected', ...unexpected }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
