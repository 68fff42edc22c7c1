import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type LastTouch = Schemas['LastTouch']
export type LastTouchAnswer = Schemas['LastTouchAnswer']
export type LastTouchSelect = Schemas['LastTouchSelect']
export type Touch = Schemas['Touch']
export type TouchStanding = Schemas['TouchStanding']

type Answer = Schemas['Answer']
/** The answer to what people meet last before they leave. */
export type LastTouchReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'last_touch' }> }

/** Asks what people meet last before they leave; it is asked again when events arrive. */
export const lastTouchQuery = (ws: string, lastTouch: LastTouch, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'last_touch', lastTouch, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<LastTouchReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'last_touch', ...lastTouch }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    meta: { live: true },
  })
