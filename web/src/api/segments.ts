import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type SegmentList = components['schemas']['Segments']

/** The segments of the workspace. */
export const segmentsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'segments'],
    queryFn: ({ signal }) => ask<SegmentList>(`/w/${ws}/segments`, { signal }),
  })
