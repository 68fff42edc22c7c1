import type { components } from './schema.ts'
import { queryOptions } from '@tanstack/react-query'
import { language } from '../i18n/i18n.ts'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import { refreshSession, type Workspace } from './session.ts'

export type Overview = components['schemas']['Overview']
export type Change = components['schemas']['Change']
export type NextStep = components['schemas']['NextStep']

export const overviewQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'overview'],
    queryFn: ({ signal }) => ask<Overview>(`/w/${ws}/overview`, { signal }),
    meta: { live: true },
  })

/** Starts loading the demo shop; its progress comes over the stream of the new workspace. */
export async function loadDemo(): Promise<string> {
  const { workspace } = await ask<{ readonly workspace: string }>('/demo', { method: 'POST', body: { language: language.get().locale } })
  await refreshSession()
  return workspace
}

export async function createWorkspace(workspace: Pick<Workspace, 'id' | 'name' | 'zone'>): Promise<void> {
  await ask<unknown>('/workspaces', { method: 'POST', body: { ...workspace, language: language.get().locale } })
  await refreshSession()
}

export async function changeWorkspace(ws: string, change: { readonly name?: string; readonly zone?: string }): Promise<void> {
  await ask<unknown>(`/workspaces/${ws}`, { method: 'PATCH', body: change })
  await refreshSession()
}

/** Removes a workspace with all its data. */
export async function removeWorkspace(ws: string): Promise<void> {
  await ask<unknown>(`/workspaces/${ws}`, { method: 'DELETE' })
  queryClient.removeQueries({ queryKey: ['w', ws] })
  await refreshSession()
}
