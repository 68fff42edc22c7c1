import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Breach = Schemas['Breach']
export type Others = Schemas['Others']
export type PlanMode = Schemas['PlanMode']
export type PlannedEvent = Schemas['PlannedEvent']
export type PlannedProperty = Schemas['PlannedProperty']
export type StoredPlan = Schemas['StoredPlan']
export type TrackingPlan = Schemas['TrackingPlan']
export type TriedPlan = Schemas['TriedPlan']

/** What comes in breaks the plan while one looks at it. */
const FRESH_MS = 15_000

export const planQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'plan'],
    queryFn: ({ signal }) => ask<StoredPlan>(`/w/${ws}/plan`, { signal }),
    refetchInterval: FRESH_MS,
  })

/** What a plan would have said of the events of some days, without writing it. */
export const tryPlanQuery = (ws: string, plan: TrackingPlan, days: number) =>
  queryOptions({
    queryKey: ['w', ws, 'plan', 'preview', days, plan],
    queryFn: ({ signal }) => ask<TriedPlan>(`/w/${ws}/plan/preview`, { method: 'POST', body: { plan, days }, signal }),
  })

/** A plan that what came in fits. */
export function proposePlan(ws: string): Promise<TrackingPlan> {
  return ask<TrackingPlan>(`/w/${ws}/plan/proposal`)
}

/** Writes the plan over the version that was read. It holds for what comes in from then on. */
export async function changePlan(ws: string, version: number, plan: TrackingPlan): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/plan`, { method: 'PUT', body: plan, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'plan'] })
  return now
}
