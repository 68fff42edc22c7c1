import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components, operations } from './schema.ts'

export type AccountFacts = components['schemas']['AccountFacts']
export type AccountOrder = NonNullable<NonNullable<operations['listAccounts']['parameters']['query']>['order']>
export type AccountStory = components['schemas']['ShownAccount']
type AccountList = components['schemas']['AccountList']
type AccountTypeList = components['schemas']['AccountTypeList']
type AccountsOfProfile = components['schemas']['AccountsOfProfile']

/** Which accounts are listed. */
export type AccountsQuestion = {
  readonly account_type: string
  readonly q?: string
  readonly order: AccountOrder
}

/** By what a list can be sorted. */
export const accountOrders = ['members', 'events', 'last_seen', 'name'] as const satisfies readonly AccountOrder[]

const PAGE_ROWS = 100

export const accountTypesQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'account-types'],
    queryFn: ({ signal }) => ask<AccountTypeList>(`/w/${ws}/account-types`, { signal }),
  })

export const accountsQuery = (ws: string, question: AccountsQuestion) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'accounts', question],
    queryFn: ({ pageParam, signal }) => ask<AccountList>(withQuery(`/w/${ws}/accounts`, { ...question, offset: String(pageParam), limit: String(PAGE_ROWS) }), { signal }),
    initialPageParam: 0,
    getNextPageParam: (page: AccountList, pages: readonly AccountList[]) => {
      const seen = pages.reduce((sum, it) => sum + it.accounts.length, 0)
      return page.accounts.length > 0 && seen < page.found ? seen : undefined
    },
  })

export const accountQuery = (ws: string, type: string, id: string) =>
  queryOptions({
    queryKey: ['w', ws, 'account', type, id],
    queryFn: ({ signal }) => ask<AccountStory>(`/w/${ws}/accounts/${encodeURIComponent(type)}/${encodeURIComponent(id)}`, { signal }),
  })

export const profileAccountsQuery = (ws: string, profile: string) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile, 'accounts'],
    queryFn: ({ signal }) => ask<AccountsOfProfile>(`/w/${ws}/profiles/${encodeURIComponent(profile)}/accounts`, { signal }),
  })
