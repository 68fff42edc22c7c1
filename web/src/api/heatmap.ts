import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Heatmap = Schemas['Heatmap']
export type HeatAxis = Schemas['HeatAxis']
export type HeatPlace = Schemas['HeatPlace']
export type HeatCell = Schemas['HeatCell']
export type HeatSelect = Schemas['HeatSelect']
export type HeatPart = Schemas['HeatPart']

type Answer = Schemas['Answer']
/** The answer to a heatmap. */
export type HeatReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'heatmap' }> }

/** Asks where things crowd; it is asked again when events arrive. */
export const heatmapQuery = (ws: string, heatmap: Heatmap, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'heatmap', heatmap, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<HeatReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'heatmap', ...heatmap }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
