import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

export type LiveEvent = components['schemas']['LiveEvent']
type Live = components['schemas']['Live']

/** How many events the live page keeps. */
export const LIVE_EVENTS_MAX = 500

export const liveQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'live'],
    queryFn: ({ signal }) => ask<Live>(withQuery(`/w/${ws}/live`, { limit: 100 }), { signal }),
    staleTime: 0,
  })
