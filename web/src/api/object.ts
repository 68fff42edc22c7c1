import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { PeopleRule, Range } from './model.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type ObjectKind = components['schemas']['ObjectKind']
export type ObjectState = components['schemas']['ObjectState']
export type ObjectFacts = components['schemas']['ObjectFacts']
export type ObjectPromise = components['schemas']['PromiseFacts']
export type ObjectStory = components['schemas']['ShownObject']
export type ObjectEvent = components['schemas']['ObjectEvent']
export type Standing = components['schemas']['PromiseStanding']
export type KindCount = components['schemas']['KindCount']
export type StoredKinds = components['schemas']['StoredKinds']
type ObjectList = components['schemas']['ObjectList']
type ObjectsOfProfile = components['schemas']['ObjectsOfProfile']
type KindsCheck = components['schemas']['KindsCheck']

/** Which objects are listed. */
export type ObjectsQuestion = {
  readonly kind: string
  readonly range: Range
  readonly state?: string
  readonly standing?: Standing
  readonly is_over?: boolean
  readonly starts?: string
  readonly people?: PeopleRule
}

/** How a promise can stand, in the order of worry. */
export const standings = ['overdue', 'late', 'pending', 'on_time', 'early', 'released', 'untold'] as const satisfies readonly Standing[]

const PAGE_ROWS = 100

export const kindsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'object-kinds'],
    queryFn: ({ signal }) => ask<StoredKinds>(`/w/${ws}/object-kinds`, { signal }),
  })

/** What kinds of objects would find, without writing them. */
export const checkKindsQuery = (ws: string, kinds: readonly ObjectKind[]) =>
  queryOptions({
    queryKey: ['w', ws, 'object-kinds', 'check', kinds],
    queryFn: ({ signal }) => ask<KindsCheck>(`/w/${ws}/object-kinds/check`, { method: 'POST', body: { kinds }, signal }),
  })

/** Writes the kinds over the version that was read. All of history changes with them. */
export async function changeKinds(ws: string, version: number, kinds: readonly ObjectKind[]): Promise<number> {
  const { version: now } = await ask<components['schemas']['ChangedVersion']>(`/w/${ws}/object-kinds`, { method: 'PUT', body: { kinds }, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
  return now
}

export const objectsQuery = (ws: string, question: ObjectsQuestion) =>
  infiniteQueryOptions({
    queryKey: ['w', ws, 'objects', question],
    queryFn: ({ pageParam, signal }) => ask<ObjectList>(`/w/${ws}/objects`, { method: 'POST', body: { ...question, offset: pageParam, limit: PAGE_ROWS }, signal }),
    initialPageParam: 0,
    getNextPageParam: (page: ObjectList, pages: readonly ObjectList[]) => {
      const seen = pages.reduce((sum, it) => sum + it.objects.length, 0)
      return page.objects.length > 0 && seen < page.found ? seen : undefined
    },
  })

export const objectQuery = (ws: string, kind: string, id: string, zone: string) =>
  queryOptions({
    queryKey: ['w', ws, 'object', kind, id, zone],
    queryFn: ({ signal }) => ask<ObjectStory>(withQuery(`/w/${ws}/objects/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`, { zone }), { signal }),
  })

export const profileObjectsQuery = (ws: string, profile: string, zone: string) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile, 'objects', zone],
    queryFn: ({ signal }) => ask<ObjectsOfProfile>(withQuery(`/w/${ws}/profiles/${encodeURIComponent(profile)}/objects`, { zone }), { signal }),
  })
