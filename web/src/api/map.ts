import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Map = components['schemas']['Map']
export type MapEntry = components['schemas']['MapEntry']
export type StoredMap = components['schemas']['StoredMap']
type Maps = components['schemas']['Maps']

export const mapsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'maps'], queryFn: ({ signal }) => ask<Maps>(`/w/${ws}/maps`, { signal }) })

export const mapQuery = (ws: string, map: string) =>
  queryOptions({
    queryKey: ['w', ws, 'maps', map],
    queryFn: ({ signal }) => ask<StoredMap>(`/w/${ws}/maps/${encodeURIComponent(map)}`, { signal }),
  })
