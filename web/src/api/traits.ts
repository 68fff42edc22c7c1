import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']

/** Traits that sources have told of profiles. */
export const traitsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'traits'], queryFn: ({ signal }) => ask<Schemas['Traits']>(`/w/${ws}/traits`, { signal }) })

/** The most frequent values of a trait that begin with a text. */
export const traitValuesQuery = (ws: string, name: string, prefix: string) =>
  queryOptions({
    queryKey: ['w', ws, 'traits', name, prefix],
    queryFn: ({ signal }) => ask<Schemas['TraitValues']>(withQuery(`/w/${ws}/traits/values`, { name, prefix }), { signal }),
  })
