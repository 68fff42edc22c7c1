import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'
import type { drafts } from './draft.ts'

export type Funnel = components['schemas']['Funnel']
export type FunnelStep = components['schemas']['FunnelStep']
export type Exclusion = components['schemas']['Exclusion']
export type FunnelAnswer = components['schemas']['FunnelAnswer']
export type FunnelReply = drafts['schemas']['FunnelReply']
export type Label = components['schemas']['Label']

/** Asks a funnel; it is asked again when events arrive. */
export const funnelQuery = (ws: string, funnel: Funnel, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'funnel', funnel],
    queryFn: ({ signal }) => ask<FunnelReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'funnel', ...funnel }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
