import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type StageTime = components['schemas']['StageTime']
export type StageStays = components['schemas']['StageStays']
export type Remaining = components['schemas']['Remaining']
export type GaveUp = components['schemas']['GaveUp']
export type NthStays = components['schemas']['NthStays']
export type StageTimeSelect = components['schemas']['StageTimeSelect']

type Answer = components['schemas']['Answer']
/** The answer to a report of time in stages. */
export type StageTimeReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'stage_time' }> }

/** Asks how long profiles stay; it is asked again when events arrive. `null` asks nothing. */
export const stageTimeQuery = (ws: string, stageTime: StageTime | null, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'stage_time', stageTime, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<StageTimeReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'stage_time', ...stageTime }, signal }),
    placeholderData: keepPreviousData,
    enabled: stageTime !== null,
    retry: false,
    meta: { live: true },
  })
