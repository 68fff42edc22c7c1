import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type AccountRow = Schemas['AccountRow']
export type AccountFacts = Schemas['AccountFacts']

export const accountsQuery = (ws: string, q: string) =>
  queryOptions({
    queryKey: ['w', ws, 'accounts', q],
    queryFn: ({ signal }) => ask<Schemas['Accounts']>(withQuery(`/w/${ws}/accounts`, { q }), { signal }),
  })

export const accountQuery = (ws: string, account: string) =>
  queryOptions({
    queryKey: ['w', ws, 'account', account],
    queryFn: ({ signal }) => ask<AccountFacts>(`/w/${ws}/accounts/${encodeURIComponent(account)}`, { signal }),
  })
