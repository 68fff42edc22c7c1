import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Bottlenecks = Schemas['Bottlenecks']
export type BottlenecksAnswer = Schemas['BottlenecksAnswer']
export type BottlenecksSelect = Schemas['BottlenecksSelect']
export type Contrast = Schemas['StageContrast']
export type Opportunity = Schemas['Opportunity']
export type Passage = Schemas['Passage']

type Answer = Schemas['Answer']
/** The answer to a report of bottlenecks. */
export type BottlenecksReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'bottlenecks' }> }

/** Asks where people are lost and kept; it is asked again when events arrive. */
export const bottlenecksQuery = (ws: string, report: Bottlenecks, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'bottlenecks', report, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<BottlenecksReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'bottlenecks', ...report }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
