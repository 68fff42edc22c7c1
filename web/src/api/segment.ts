import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { PeopleOf } from './people.ts'
import type { PeopleRule } from './model.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type SegmentEntry = Schemas['SegmentEntry']
export type StoredSegment = Schemas['StoredSegment']
/** What is written of a segment; without a definition its people stay. */
export type TitledSegment = Schemas['TitledSegment']
export type PeopleOverlap = Schemas['PeopleOverlap']

const pathOf = (ws: string, segment: string) => `/w/${ws}/segments/${encodeURIComponent(segment)}`

export const segmentsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'segments'], queryFn: ({ signal }) => ask<Schemas['Segments']>(`/w/${ws}/segments`, { signal }) })

export const segmentQuery = (ws: string, segment: string) =>
  queryOptions({ queryKey: ['w', ws, 'segments', segment], queryFn: ({ signal }) => ask<StoredSegment>(pathOf(ws, segment), { signal }), retry: false })

/** Size, comings and goings of a segment, day by day. */
export const segmentHistoryQuery = (ws: string, segment: string) =>
  queryOptions({
    queryKey: ['w', ws, 'segments', segment, 'history'],
    queryFn: ({ signal }) => ask<Schemas['SegmentHistory']>(`${pathOf(ws, segment)}/history`, { signal }),
    meta: { live: true },
  })

/** The segments of a profile. */
export const profileSegmentsQuery = (ws: string, profile: string) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile, 'segments'],
    queryFn: ({ signal }) => ask<Schemas['ProfileSegments']>(`/w/${ws}/profiles/${encodeURIComponent(profile)}/segments`, { signal }),
  })

/** How many satisfy a rule now, and each of its conditions; given up as soon as another rule is asked about. */
export const peopleCountQuery = (ws: string, rule: PeopleRule | null) =>
  queryOptions({
    queryKey: ['w', ws, 'people count', rule],
    queryFn: ({ signal }) => ask<Schemas['PeopleCount']>(`/w/${ws}/people/count`, { method: 'POST', body: { rule }, signal }),
    placeholderData: keepPreviousData,
    enabled: rule !== null,
    retry: false,
    meta: { live: true },
  })

/** How the people of rules overlap, two at least. */
export const overlapQuery = (ws: string, rules: readonly PeopleRule[]) =>
  queryOptions({
    queryKey: ['w', ws, 'people overlap', rules],
    queryFn: ({ signal }) => ask<PeopleOverlap>(`/w/${ws}/people/overlap`, { method: 'POST', body: { rules }, signal }),
    enabled: rules.length > 1,
    retry: false,
    meta: { live: true },
  })

export async function createSegment(ws: string, segment: TitledSegment): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/segments`, { method: 'POST', body: segment })
  await refresh(ws)
  return id
}

/** The people behind a number; `select` comes from the result that holds it. */
export type Behind = { readonly of: PeopleOf; readonly select: unknown; readonly asked?: string | undefined }

/** Lists the people behind a number once, and keeps them. */
export async function createSegmentBehind(ws: string, words: { readonly title: string; readonly description: string }, { of, select, asked }: Behind): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/segments`, { method: 'POST', body: { ...words, definition: { behind: { of, select, asked } } } })
  await refresh(ws)
  return id
}

/** Writes over the version that was read; refused when somebody was faster. */
export async function changeSegment(ws: string, id: string, version: number, segment: TitledSegment): Promise<void> {
  await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: segment, headers: { 'if-match': String(version) } })
  await refresh(ws)
  // Whoever names the segment speaks of other people now.
  await queryClient.invalidateQueries({ queryKey: ['w', ws], predicate: ({ queryKey }) => queryKey[2] !== 'segments' && JSON.stringify(queryKey).includes('"segment"') })
}

export async function deleteSegment(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: segmentQuery(ws, id).queryKey })
  await queryClient.invalidateQueries({ queryKey: segmentsQuery(ws).queryKey, exact: true })
}

async function refresh(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: segmentsQuery(ws).queryKey })
}
