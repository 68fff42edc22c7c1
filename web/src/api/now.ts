import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Now = components['schemas']['Now']
export type NowPoint = components['schemas']['NowPoint']
export type NowSplit = components['schemas']['NowSplit']
export type NowBy = components['schemas']['NowBy']

/** The last half hour. The server counts it at most once in two seconds, however many ask. */
export const nowQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'now'], queryFn: ({ signal }) => ask<Now>(`/w/${ws}/now`, { signal }), staleTime: 0, placeholderData: (before) => before })
