import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Study = Schemas['Study']
export type Method = Schemas['Method']
export type StudyEntry = Schemas['StudyEntry']
export type FieldNote = Schemas['FieldNote']
export type NoteEntry = Schemas['NoteEntry']
export type StoredFieldNote = Schemas['StoredFieldNote']
export type Quote = Schemas['NoteQuote']
export type QuoteEntry = Schemas['QuoteEntry']
export type ResearchPerson = Schemas['ResearchPerson']
export type NoteFile = Schemas['NoteFile']
export type NoteFilesRead = Schemas['NoteFilesRead']
export type NoteFileRead = Schemas['NoteFileRead']
export type LinkSuggestions = Schemas['LinkSuggestions']

export const methods = ['interview', 'case_study', 'questionnaire', 'observation', 'other'] as const satisfies readonly Method[]

/** What to look for; all that is said has to fit. */
export type ResearchSearch = {
  readonly q?: string | undefined
  readonly study?: string | undefined
  readonly method?: Method | undefined
  readonly tag?: string | undefined
  readonly segment?: string | undefined
  readonly profile?: string | undefined
  readonly map?: string | undefined
  readonly step?: string | undefined
}

const base = (ws: string) => `/w/${ws}/research`
const studyPath = (ws: string, study: string) => `${base(ws)}/studies/${encodeURIComponent(study)}`
const allKey = (ws: string) => ['w', ws, 'research'] as const

export const studiesQuery = (ws: string) =>
  queryOptions({ queryKey: [...allKey(ws), 'studies'], queryFn: ({ signal }) => ask<Schemas['Studies']>(`${base(ws)}/studies`, { signal }) })

export const notesQuery = (ws: string, search: ResearchSearch) =>
  queryOptions({
    queryKey: [...allKey(ws), 'notes', search],
    queryFn: ({ signal }) => ask<Schemas['FieldNotes']>(withQuery(`${base(ws)}/notes`, search), { signal }),
    placeholderData: (before) => before,
  })

export const noteQuery = (ws: string, note: string) =>
  queryOptions({
    queryKey: [...allKey(ws), 'note', note],
    queryFn: ({ signal }) => ask<StoredFieldNote>(`${base(ws)}/notes/${encodeURIComponent(note)}`, { signal }),
    retry: false,
  })

export const quotesQuery = (ws: string, search: ResearchSearch) =>
  queryOptions({
    queryKey: [...allKey(ws), 'quotes', search],
    queryFn: ({ signal }) => ask<Schemas['Quotes']>(withQuery(`${base(ws)}/quotes`, search), { signal }),
    placeholderData: (before) => before,
  })

/** Steps and touchpoints that words name. */
export const suggestionsQuery = (ws: string, words: string) =>
  queryOptions({
    queryKey: [...allKey(ws), 'suggestions', words],
    queryFn: ({ signal }) => ask<LinkSuggestions>(`${base(ws)}/suggestions`, { method: 'POST', body: { words }, signal }),
  })

/** Whatever changes, lists, counts and what they lead to may change with it. */
const renew = (ws: string) => queryClient.invalidateQueries({ queryKey: allKey(ws) })

const over = (version: number) => ({ 'if-match': String(version) })

export async function createStudy(ws: string, study: Study): Promise<string> {
  const { id } = await ask<Schemas['MadeId']>(`${base(ws)}/studies`, { method: 'POST', body: study })
  await renew(ws)
  return id
}

export async function changeStudy(ws: string, id: string, version: number, study: Study): Promise<void> {
  await ask<Schemas['ChangedVersion']>(studyPath(ws, id), { method: 'PUT', body: study, headers: over(version) })
  await renew(ws)
}

export async function deleteStudy(ws: string, id: string): Promise<void> {
  await ask<null>(studyPath(ws, id), { method: 'DELETE' })
  await renew(ws)
}

export async function createNote(ws: string, study: string, note: FieldNote): Promise<number> {
  const { id } = await ask<Schemas['MadeNumber']>(`${studyPath(ws, study)}/notes`, { method: 'POST', body: note })
  await renew(ws)
  return id
}

export async function changeNote(ws: string, id: number, version: number, note: FieldNote): Promise<void> {
  await ask<Schemas['ChangedVersion']>(`${base(ws)}/notes/${id}`, { method: 'PUT', body: note, headers: over(version) })
  await renew(ws)
}

export async function deleteNote(ws: string, id: number): Promise<void> {
  await ask<null>(`${base(ws)}/notes/${id}`, { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: noteQuery(ws, String(id)).queryKey })
  await renew(ws)
}

/** Reads files, and imports them unless they are only looked at: all of them, or none. */
export async function importNotes(ws: string, study: string, files: readonly NoteFile[], isLook: boolean): Promise<NoteFilesRead> {
  const read = await ask<NoteFilesRead>(`${studyPath(ws, study)}/files`, { method: 'POST', body: { files, dry_run: isLook } })
  if (!isLook) await renew(ws)
  return read
}

export async function createQuote(ws: string, note: number, quote: Quote): Promise<number> {
  const { id } = await ask<Schemas['MadeNumber']>(`${base(ws)}/notes/${note}/quotes`, { method: 'POST', body: quote })
  await renew(ws)
  return id
}

export async function changeQuote(ws: string, id: number, version: number, quote: Quote): Promise<void> {
  await ask<Schemas['ChangedVersion']>(`${base(ws)}/quotes/${id}`, { method: 'PUT', body: quote, headers: over(version) })
  await renew(ws)
}

export async function deleteQuote(ws: string, id: number): Promise<void> {
  await ask<null>(`${base(ws)}/quotes/${id}`, { method: 'DELETE' })
  await renew(ws)
}
