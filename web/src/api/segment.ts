import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export const segmentsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'segments'], queryFn: ({ signal }) => ask<components['schemas']['Segments']>(`/w/${ws}/segments`, { signal }) })
