import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Trends = Schemas['Trends']
export type TrendSeries = Schemas['TrendSeries']
export type TrendFormula = Schemas['TrendFormula']
export type TrendDisplay = Schemas['TrendDisplay']
export type Measure = Schemas['Measure']
export type TrendLine = Schemas['TrendLine']
export type TrendsAnswer = Schemas['TrendsAnswer']
export type LevelChange = Schemas['LevelChange']
export type PeriodUnit = Schemas['PeriodUnit']
export type Label = Schemas['Label']

type Answer = Schemas['Answer']
/** The answer to a question about trends. */
export type TrendsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'trends' }> }

/** Asks how quantities move; it is asked again when events arrive. */
export const trendsQuery = (ws: string, trends: Trends, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'trends', trends, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<TrendsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'trends', ...trends }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
