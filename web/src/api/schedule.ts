import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Schedule = Schemas['Schedule']
export type ScheduleEntry = Schemas['ScheduleEntry']
export type ScheduleOf = Schemas['ScheduleOf']
export type Delivery = Schemas['Delivery']
export type Repeat = Schemas['Repeat']

export const schedulesQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'schedules'],
    queryFn: ({ signal }) => ask<Schemas['Schedules']>(`/w/${ws}/schedules`, { signal }),
    // A delivery may end while somebody looks.
    refetchInterval: 15_000,
  })

/** Makes a schedule. The secret of a webhook is in the answer and nowhere else. */
export async function makeSchedule(ws: string, schedule: Schedule): Promise<Schemas['MadeSchedule']> {
  const made = await ask<Schemas['MadeSchedule']>(`/w/${ws}/schedules`, { method: 'POST', body: schedule })
  await refresh(ws)
  return made
}

export async function changeSchedule(ws: string, { id, version }: ScheduleEntry, schedule: Schedule): Promise<void> {
  await ask<unknown>(`/w/${ws}/schedules/${encodeURIComponent(id)}`, { method: 'PUT', body: schedule, headers: { 'if-match': String(version) } })
  await refresh(ws)
}

export async function deleteSchedule(ws: string, id: string): Promise<void> {
  await ask<null>(`/w/${ws}/schedules/${encodeURIComponent(id)}`, { method: 'DELETE' })
  await refresh(ws)
}

/** Sends a test, and answers when it has ended. */
export async function testSchedule(ws: string, id: string): Promise<Delivery> {
  const delivery = await ask<Delivery>(`/w/${ws}/schedules/${encodeURIComponent(id)}/send`, { method: 'POST', body: { is_test: true } })
  await refresh(ws)
  return delivery
}

async function refresh(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: schedulesQuery(ws).queryKey })
}
