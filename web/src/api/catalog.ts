import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { drafts } from './draft.ts'

export type Catalog = drafts['schemas']['Catalog']
export type CatalogEvent = drafts['schemas']['CatalogEvent']
export type Fields = drafts['schemas']['Fields']
export type FieldUse = drafts['schemas']['FieldUse']
export type FieldValues = drafts['schemas']['FieldValues']

export const catalogQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'events'], queryFn: ({ signal }) => ask<Catalog>(`/w/${ws}/events`, { signal }) })

export const fieldsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'fields'], queryFn: ({ signal }) => ask<Fields>(`/w/${ws}/fields`, { signal }) })

export const fieldValuesQuery = (ws: string, field: string, prefix: string) =>
  queryOptions({
    queryKey: ['w', ws, 'fields', field, prefix],
    queryFn: ({ signal }) => ask<FieldValues>(withQuery(`/w/${ws}/fields/values`, { field, prefix }), { signal }),
    enabled: field !== '',
  })
