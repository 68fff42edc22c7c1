import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { Map } from './map.ts'
import type { PeopleRule, Report } from './model.ts'
import type { components } from './schema.ts'

export type People = components['schemas']['People']
export type ProfileRow = components['schemas']['ProfileRow']

/** Whose people: of a report, of a stored map, of a drawing that is not stored, or whoever satisfies a rule. */
export type PeopleOf = { readonly report: Report } | { readonly map: string } | { readonly draft: Map } | { readonly rule: PeopleRule }

const PAGE_ROWS = 100

/** The profiles behind a number. `select` comes from the result that holds the number, and who is whom is known as it was for that. */
export const peopleQuery = (ws: string, of: PeopleOf, select: unknown, asked?: string, asOf?: number) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'people', of, select, asked, asOf],
    queryFn: ({ pageParam, signal }) =>
      ask<People>(`/w/${ws}/people`, { method: 'POST', body: { of, select, asked, as_of: asOf, limit: PAGE_ROWS, after: pageParam }, signal }),
    initialPageParam: startOfList(),
    getNextPageParam: (page: People) => page.next,
  })

function startOfList(): number | null {
  return null
}

/** How many profiles are behind a number that the drawing does not know. */
export const peopleCountQuery = (ws: string, of: PeopleOf, select: unknown, asked?: string, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'people-count', of, select, asked, asOf],
    queryFn: async ({ signal }) => (await ask<People>(`/w/${ws}/people`, { method: 'POST', body: { of, select, asked, as_of: asOf, limit: 1 }, signal })).total,
    staleTime: 60_000,
  })
