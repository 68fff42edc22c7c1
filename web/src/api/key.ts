import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type Key = components['schemas']['Key']
type Keys = components['schemas']['Keys']
export type MadeKey = components['schemas']['MadeKey']

export const keysQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'keys'], queryFn: ({ signal }) => ask<Keys>(`/w/${ws}/keys`, { signal }) })

/** Makes a write key. The answer is the only time that it is shown. */
export async function makeKey(ws: string, name: string): Promise<MadeKey> {
  const made = await ask<MadeKey>(`/w/${ws}/keys`, { method: 'POST', body: { name } })
  await queryClient.invalidateQueries({ queryKey: keysQuery(ws).queryKey })
  return made
}

/** Ends a key: what still sends with it is refused from now on. */
export async function removeKey(ws: string, id: number): Promise<void> {
  await ask<unknown>(`/w/${ws}/keys/${id}`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: keysQuery(ws).queryKey })
}
