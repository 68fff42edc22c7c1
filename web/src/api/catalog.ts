import type { components } from './schema.ts'
import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'

export type Catalog = components['schemas']['Catalog']
export type CatalogEvent = components['schemas']['CatalogEvent']
export type Fields = components['schemas']['Fields']
export type FieldUse = components['schemas']['FieldUse']
export type Elements = components['schemas']['Elements']
export type CapturedElement = components['schemas']['CapturedElement']
export type FieldValues = components['schemas']['FieldValues']

export const catalogQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'events'], queryFn: ({ signal }) => ask<Catalog>(`/w/${ws}/events`, { signal }) })

/** Elements of sites that were seen used, to be named. */
export const elementsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'elements'], queryFn: ({ signal }) => ask<Elements>(`/w/${ws}/elements`, { signal }) })

export const fieldsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'fields'], queryFn: ({ signal }) => ask<Fields>(`/w/${ws}/fields`, { signal }) })

export const fieldValuesQuery = (ws: string, field: string, prefix: string) =>
  queryOptions({
    queryKey: ['w', ws, 'fields', field, prefix],
    queryFn: ({ signal }) => ask<FieldValues>(withQuery(`/w/${ws}/fields/values`, { field, prefix }), { signal }),
    enabled: field !== '',
  })
