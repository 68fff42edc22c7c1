import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Retention = components['schemas']['Retention']
export type Stickiness = components['schemas']['Stickiness']
export type Lifecycle = components['schemas']['Lifecycle']
export type PeriodUnit = components['schemas']['PeriodUnit']
export type RetentionMode = components['schemas']['RetentionMode']
export type RetentionColumn = components['schemas']['RetentionColumn']
export type Returns = components['schemas']['Returns']
export type Cohort = components['schemas']['Cohort']
export type RetentionLine = components['schemas']['RetentionLine']
export type LifecyclePeriod = components['schemas']['LifecyclePeriod']
export type StickinessPeriod = components['schemas']['StickinessPeriod']

/** Who comes back, how often, or who is new and who is gone. */
export type ReturnQuestion =
  | ({ readonly kind: 'retention' } & Retention)
  | ({ readonly kind: 'stickiness' } & Stickiness)
  | ({ readonly kind: 'lifecycle' } & Lifecycle)

type Answer = components['schemas']['Answer']
type ReturnNumbers = Extract<Answer['numbers'], { readonly kind: ReturnQuestion['kind'] }>

/** The answer to one of them. */
export type ReturnReply = Omit<Answer, 'numbers'> & { readonly numbers: ReturnNumbers }
export type NumbersOf<Kind extends ReturnQuestion['kind']> = Extract<ReturnNumbers, { readonly kind: Kind }>

/** Asks one of them; it is asked again when events arrive. */
export const returnQuery = (ws: string, question: ReturnQuestion, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', question.kind, question, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<ReturnReply>(askPath(ws, asOf), { method: 'POST', body: question, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
