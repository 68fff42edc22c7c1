import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Drivers = components['schemas']['Drivers']
export type DriversAnswer = components['schemas']['DriversAnswer']
export type Driver = components['schemas']['Driver']
export type Standing = components['schemas']['Standing']

type Answer = components['schemas']['Answer']
/** The answer to a question about what goes with converting. */
export type DriversReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'drivers' }> }

/** Asks what goes with converting; it is asked again when events arrive. */
export const driversQuery = (ws: string, drivers: Drivers, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'drivers', drivers, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<DriversReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'drivers', ...drivers }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
