import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { Matcher, Range } from './model.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Map = Schemas['Map']
export type Stage = Schemas['Stage']
export type Step = Schemas['Step']
export type Lane = Schemas['Lane']
export type LaneKind = Schemas['LaneKind']
export type MapEntry = Schemas['MapEntry']
export type StoredMap = Schemas['StoredMap']
export type MapNumbers = Schemas['MapNumbers']
export type StepNumbers = Schemas['StepNumbers']
export type TransitionNumbers = Schemas['TransitionNumbers']
export type Coverage = Schemas['Coverage']
export type Discovery = Schemas['Discovery']

const pathOf = (ws: string, map: string) => `/w/${ws}/maps/${encodeURIComponent(map)}`

export const mapsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'maps'], queryFn: ({ signal }) => ask<Schemas['Maps']>(`/w/${ws}/maps`, { signal }) })

export const mapQuery = (ws: string, map: string) =>
  queryOptions({
    queryKey: ['w', ws, 'maps', map],
    queryFn: ({ signal }) => ask<StoredMap>(pathOf(ws, map), { signal }),
  })

/** What of a drawing its numbers depend on: written lanes and its title do not matter. */
export function countedPart({ lanes: _, ...map }: Map): Map {
  return { ...map, title: '·' }
}

/** The numbers of a map as it stands, saved or not. Give it the counted part only. */
export const mapNumbersQuery = (ws: string, map: Map) =>
  queryOptions({
    queryKey: ['w', ws, 'map numbers', map],
    queryFn: ({ signal }) => ask<MapNumbers>(`/w/${ws}/maps/numbers`, { method: 'POST', body: { map }, signal }),
    meta: { live: true },
    placeholderData: (before) => before,
  })

export async function createMap(ws: string, map: Map): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`/w/${ws}/maps`, { method: 'POST', body: map })
  await queryClient.invalidateQueries({ queryKey: mapsQuery(ws).queryKey, exact: true })
  return id
}

/** Saves a map over the version it was read as; refused when somebody was faster. Gives the new version. */
export async function saveMap(ws: string, id: string, version: number, map: Map): Promise<number> {
  const saved = await ask<Schemas['ChangedVersion']>(pathOf(ws, id), { method: 'PUT', body: map, headers: { 'if-match': String(version) } })
  queryClient.setQueryData(mapQuery(ws, id).queryKey, (old) => (old === undefined ? old : { ...old, map, version: saved.version }))
  await queryClient.invalidateQueries({ queryKey: mapsQuery(ws).queryKey, exact: true })
  return saved.version
}

export async function deleteMap(ws: string, id: string): Promise<void> {
  await ask<null>(pathOf(ws, id), { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: mapQuery(ws, id).queryKey })
  await queryClient.invalidateQueries({ queryKey: mapsQuery(ws).queryKey, exact: true })
}

/** Makes a map from what people really did on the way to a goal. */
export function discoverMap(ws: string, goal: Matcher, range: Range, title: string, signal?: AbortSignal): Promise<Discovery> {
  return ask<Discovery>(`/w/${ws}/maps/discover`, { method: 'POST', body: { goal, range, title }, ...(signal === undefined ? {} : { signal }) })
}
