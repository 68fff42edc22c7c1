import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type SentLink = Schemas['SentLink']
export type SentLinks = Schemas['SentLinks']
export type LinkStatus = Schemas['LinkStatus']
export type SentLinkSettings = Schemas['SentLinkSettings']
export type StoredLinkSettings = Schemas['StoredLinkSettings']

const key = (ws: string) => ['w', ws, 'sent-links'] as const

export const sentLinksQuery = (ws: string) =>
  queryOptions({
    queryKey: [...key(ws), 'list'],
    queryFn: ({ signal }) => ask<SentLinks>(`/w/${ws}/sent-links`, { signal }),
  })

export const linkSettingsQuery = (ws: string) =>
  queryOptions({
    queryKey: [...key(ws), 'settings'],
    queryFn: ({ signal }) => ask<StoredLinkSettings>(`/w/${ws}/sent-links/settings`, { signal }),
  })

export async function changeLinkSettings(ws: string, version: number, settings: SentLinkSettings): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/sent-links/settings`, { method: 'PUT', body: settings, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
  return now
}

/** Registers a link before it is sent, and tells what to send in its place. */
export async function registerLink(ws: string, address: string, fallback: string | null): Promise<Schemas['MadeLink']> {
  const made = await ask<Schemas['MadeLink']>(`/w/${ws}/sent-links`, { method: 'POST', body: { address, fallback } })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
  return made
}

/** Asks for a link now. */
export async function checkLink(ws: string, id: number): Promise<SentLink> {
  const link = await ask<SentLink>(`/w/${ws}/sent-links/${id}/check`, { method: 'POST', body: {} })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
  return link
}

export async function removeLink(ws: string, id: number): Promise<void> {
  await ask(`/w/${ws}/sent-links/${id}`, { method: 'DELETE' })
  await queryClient.invalidateQueries({ queryKey: key(ws) })
}
