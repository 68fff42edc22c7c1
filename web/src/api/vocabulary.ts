import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Vocabulary = components['schemas']['Vocabulary']
export type StoredVocabulary = { readonly version: number; readonly vocabulary: Vocabulary }

export const vocabularyQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'vocabulary'],
    queryFn: ({ signal }) => ask<StoredVocabulary>(`/w/${ws}/vocabulary`, { signal }),
  })
