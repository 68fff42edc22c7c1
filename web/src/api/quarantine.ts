import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

export type Quarantine = components['schemas']['Quarantine']
export type QuarantineEntry = components['schemas']['HeldEvent']

/** Events that were held back, newest first. */
export const quarantineQuery = (ws: string, reason: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'quarantine', reason ?? ''],
    queryFn: ({ pageParam, signal }) => ask<Quarantine>(withQuery(`/w/${ws}/quarantine`, { reason, before: pageParam }), { signal }),
    initialPageParam: '',
    getNextPageParam: (page: Quarantine) => page.next,
  })
