import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { UploadedFile } from './import.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type WatchedFolder = components['schemas']['FolderEntry']
export type FolderFile = components['schemas']['FolderFile']
export type SeenFiles = components['schemas']['SeenFiles']
type Folders = components['schemas']['Folders']
type NewFolder = components['schemas']['Folder']

/** Files come at any time, so what is shown is asked for again. */
const FRESH_MS = 5_000

export const foldersQuery = (ws: string) =>
  queryOptions({ queryKey: ['w', ws, 'folders'], queryFn: ({ signal }) => ask<Folders>(`/w/${ws}/folders`, { signal }), refetchInterval: FRESH_MS })

/** Which files of a folder would be taken. */
export async function lookIntoFolder(ws: string, dir: string, pattern: string): Promise<SeenFiles> {
  return ask<SeenFiles>(`/w/${ws}/folders/look`, { method: 'POST', body: { dir, pattern } })
}

/** Takes one file of a folder in as if it was uploaded. Nothing is imported yet. */
export async function fetchFromFolder(ws: string, dir: string, name: string): Promise<UploadedFile> {
  return ask<UploadedFile>(`/w/${ws}/folders/file`, { method: 'POST', body: { dir, name } })
}

export async function watchFolder(ws: string, folder: NewFolder): Promise<void> {
  await ask<unknown>(`/w/${ws}/folders`, { method: 'POST', body: folder })
  await again(ws)
}

export async function pauseFolder(ws: string, id: string, is_paused: boolean): Promise<void> {
  await ask<unknown>(`/w/${ws}/folders/${id}/pause`, { method: 'POST', body: { is_paused } })
  await again(ws)
}

/** The next look takes the file as if it was new. */
export async function retryFile(ws: string, id: string, name: string): Promise<void> {
  await ask<unknown>(`/w/${ws}/folders/${id}/retry`, { method: 'POST', body: { name } })
  await again(ws)
}

export async function removeFolder(ws: string, id: string): Promise<void> {
  await ask<unknown>(`/w/${ws}/folders/${id}`, { method: 'DELETE' })
  await again(ws)
}

async function again(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: foldersQuery(ws).queryKey })
}
