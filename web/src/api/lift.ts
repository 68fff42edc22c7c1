import { keepPreviousData, queryOptions } from '@tanstack/react-query'
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
export const liftQuery = (ws: string, lift: Lift, enabled: boolean) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'lift', lift],
    queryFn: ({ signal }) => ask<LiftReply>(`/w/${ws}/ask`, { method: 'POST', body: { kind: 'lift', ...lift }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
