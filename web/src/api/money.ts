import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type MoneyRules = Schemas['MoneyRules']
export type StoredMoney = Schemas['StoredMoney']

/** In which currency amounts are read, and at which rates. */
export const moneyQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'money'],
    queryFn: ({ signal }) => ask<StoredMoney>(`/w/${ws}/money`, { signal }),
  })

/** Writes how amounts are read. Every number that tells money is another one then. */
export async function changeMoney(ws: string, version: number, rules: MoneyRules): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/money`, { method: 'PUT', body: rules, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
  return now
}
