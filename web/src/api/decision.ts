import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Decision = Schemas['Decision']
export type DecisionEntry = Schemas['DecisionEntry']
export type StoredDecision = Schemas['StoredDecision']
export type NewDecision = Schemas['NewDecision']

const pathOf = (ws: string, decision: string) => `/w/${ws}/decisions/${encodeURIComponent(decision)}`

export const decisionsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'decisions'], queryFn: ({ signal }) => ask<Schemas['Decisions']>(`/w/${ws}/decisions`, { signal }) })

export const decisionQuery = (ws: string, decision: string) =>
  queryOptions({ queryKey: ['w', ws, 'decisions', decision], queryFn: ({ signal }) => ask<StoredDecision>(pathOf(ws, decision), { signal }) })

/** Records a decision; the server answers its question once more, as of the moment that was seen, and keeps the answer. */
export async function createDecision(ws: string, decision: NewDecision): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/decisions`, { method: 'POST', body: decision })
  await queryClient.invalidateQueries({ queryKey: decisionsQuery(ws).queryKey })
  return id
}

export async function changeDecision(ws: string, id: string, version: number, decision: Decision): Promise<void> {
  await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: decision, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: decisionsQuery(ws).queryKey })
}

export async function deleteDecision(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: decisionQuery(ws, id).queryKey })
  await queryClient.invalidateQueries({ queryKey: decisionsQuery(ws).queryKey, exact: true })
}
