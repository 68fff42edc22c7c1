import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type WorkTime = components['schemas']['WorkTime']
export type WorkStep = components['schemas']['WorkStep']
export type WorkPart = components['schemas']['WorkPart']
export type StepWork = components['schemas']['StepWork']
export type Spans = components['schemas']['Spans']

type Answer = components['schemas']['Answer']
/** The answer to a report of waiting and work. */
export type WorkTimeReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'work_time' }> }

/** Asks how long work takes and how long people wait for it; it is asked again when events arrive. `null` asks nothing. */
export const workTimeQuery = (ws: string, workTime: WorkTime | null, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'work_time', workTime, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<WorkTimeReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'work_time', ...workTime }, signal }),
    placeholderData: keepPreviousData,
    enabled: workTime !== null,
    retry: false,
    meta: { live: true },
  })
