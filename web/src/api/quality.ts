import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

export type DataQuality = components['schemas']['DataQuality']
/** Why something looks like a machine. */
export type BotReason = 'declared' | 'headless' | 'library' | 'rate'

/** How far the data of the last days can be trusted. */
export const qualityQuery = (ws: string, days: number) =>
  queryOptions({
    queryKey: ['w', ws, 'quality', days],
    queryFn: ({ signal }) => ask<DataQuality>(withQuery(`/w/${ws}/quality`, { days }), { signal }),
  })
