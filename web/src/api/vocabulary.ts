import { queryOptions } from '@tanstack/react-query'
import { language } from '../i18n/i18n.ts'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type Vocabulary = components['schemas']['Vocabulary']
export type VocabularyCheck = components['schemas']['VocabularyCheck']
export type StoredVocabulary = { readonly version: number; readonly vocabulary: Vocabulary }

export const vocabularyQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'vocabulary'],
    queryFn: ({ signal }) => ask<StoredVocabulary>(`/w/${ws}/vocabulary`, { signal }),
  })

/** What a vocabulary would do, without writing it. */
export const checkVocabularyQuery = (ws: string, vocabulary: Vocabulary) =>
  queryOptions({
    queryKey: ['w', ws, 'vocabulary', 'check', vocabulary],
    queryFn: ({ signal }) => ask<VocabularyCheck>(`/w/${ws}/vocabulary/check`, { method: 'POST', body: vocabulary, signal }),
  })

/** A fresh suggestion from the events that are here, in the language of the page. */
export async function suggestVocabulary(ws: string): Promise<Vocabulary> {
  return ask<Vocabulary>(withQuery(`/w/${ws}/vocabulary/suggest`, { language: language.get().locale }), { method: 'POST', body: {} })
}

/** Writes the vocabulary over the version that was read. All of history changes with it. */
export async function changeVocabulary(ws: string, version: number, vocabulary: Vocabulary): Promise<number> {
  const { version: now } = await ask<components['schemas']['ChangedVersion']>(`/w/${ws}/vocabulary`, { method: 'PUT', body: vocabulary, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
  return now
}
