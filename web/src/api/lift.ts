import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Lift = Schemas['Lift']
export type LiftAnswer = Schemas['LiftAnswer']
export type LiftArm = Schemas['LiftArm']
export type LiftArms = Schemas['Arms']
export type LiftCost = Schemas['LiftCost']
export type LiftDifference = Schemas['LiftDifference']
export type LiftLine = Schemas['LiftLine']
export type LiftValue = unknown
export type LiftSelect = Schemas['LiftSelect']

type Answer = Schemas['Answer']
/** The answer to a report of lift. */
export type LiftReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'lift' }> }

/** Asks what people do more because they were treated; it is asked again when events arrive. */
export const liftQuery = (ws: string, lift: Lift, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'lift', lift, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<LiftReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'lift', ...lift }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
