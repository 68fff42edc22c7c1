import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Funnel = components['schemas']['Funnel']
export type FunnelStep = components['schemas']['FunnelStep']
export type Exclusion = components['schemas']['Exclusion']
export type FunnelTimes = components['schemas']['FunnelTimes']
/** Units, and the profiles behind them. */
export type Tally = components['schemas']['Tally']
export type FunnelAnswer = components['schemas']['FunnelAnswer']

type Answer = components['schemas']['Answer']
/** The answer to a funnel. */
export type FunnelReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'funnel' }> }

export type Label = components['schemas']['Label']

/** Asks a funnel with how long it takes; it is asked again when events arrive. */
export const funnelQuery = (ws: string, funnel: Funnel, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'funnel', funnel, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<FunnelReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'funnel', ...funnel, times: true }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
