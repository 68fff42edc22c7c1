import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type Mapping = components['schemas']['Mapping']
export type UploadedFile = components['schemas']['UploadedFile']
export type Preview = components['schemas']['Preview']
export type Import = components['schemas']['Import']
type Imports = components['schemas']['Imports']
type Mappings = components['schemas']['Mappings']

export const importsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'imports'], queryFn: ({ signal }) => ask<Imports>(`/w/${ws}/imports`, { signal }) })

export const mappingsQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'mappings'], queryFn: ({ signal }) => ask<Mappings>(`/w/${ws}/mappings`, { signal }) })

/** What the first rows of a file become. */
export const previewQuery = (ws: string, file: string, mapping: Mapping) =>
  queryOptions({
    queryKey: ['w', ws, 'imports', 'preview', file, mapping],
    queryFn: ({ signal }) => ask<Preview>(`/w/${ws}/imports/preview`, { method: 'POST', body: { file, mapping }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Sends a file. Nothing is imported yet. */
export async function upload(ws: string, file: File): Promise<UploadedFile> {
  return ask<UploadedFile>(withQuery(`/w/${ws}/imports/files`, { name: file.name }), { method: 'POST', body: file })
}

/** Imports a file, or only counts what would happen. */
export async function startImport(ws: string, kind: Import['kind'], file: string, mapping: Mapping): Promise<void> {
  const path = kind === 'dry_run' ? `/w/${ws}/imports/dry-run` : `/w/${ws}/imports`
  await ask<unknown>(path, { method: 'POST', body: { file, mapping } })
  await queryClient.invalidateQueries({ queryKey: importsQuery(ws).queryKey })
}

export async function cancelImport(ws: string, id: number): Promise<void> {
  await ask<unknown>(`/w/${ws}/imports/${id}/cancel`, { method: 'POST', body: {} })
  await queryClient.invalidateQueries({ queryKey: importsQuery(ws).queryKey })
}

/** Takes back exactly what an import brought. */
export async function undoImport(ws: string, id: number): Promise<void> {
  await ask<unknown>(`/w/${ws}/imports/${id}/undo`, { method: 'POST', body: {} })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
}

export async function saveMapping(ws: string, title: string, mapping: Mapping): Promise<void> {
  await ask<unknown>(`/w/${ws}/mappings`, { method: 'POST', body: { title, mapping } })
  await queryClient.invalidateQueries({ queryKey: mappingsQuery(ws).queryKey })
}

/** Where the rows that were not taken can be fetched. */
export function errorsAddress(ws: string, id: number): string {
  return `/api/w/${ws}/imports/${id}/errors.csv`
}
