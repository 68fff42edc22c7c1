import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type ConsentPolicy = Schemas['ConsentPolicy']
export type Purpose = Schemas['Purpose']
export type Basis = Schemas['Basis']
export type ConsentState = Schemas['ConsentState']
export type StoredConsentPolicy = Schemas['StoredConsentPolicy']
export type ProfileConsents = Schemas['ProfileConsents']
export type ConsentStatement = Schemas['ConsentStatement']
export type Masking = Schemas['Masking']
export type MaskRule = Schemas['MaskRule']
export type MaskCount = Schemas['MaskCount']
export type Detector = Schemas['Detector']
export type MaskPlace = Schemas['MaskPlace']
export type StoredMasking = Schemas['StoredMasking']
export type MaskingPreview = Schemas['MaskingPreview']

export const consentPolicyQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'privacy', 'consent'],
    queryFn: ({ signal }) => ask<StoredConsentPolicy>(`/w/${ws}/privacy/consent`, { signal }),
  })

export const maskingQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'privacy', 'masking'],
    queryFn: ({ signal }) => ask<StoredMasking>(`/w/${ws}/privacy/masking`, { signal }),
  })

/** Writes the purposes over the version that was read. What everybody has agreed to changes with them. */
export async function changeConsentPolicy(ws: string, version: number, policy: ConsentPolicy): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/privacy/consent`, { method: 'PUT', body: policy, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
  return now
}

export async function changeMasking(ws: string, version: number, masking: Masking): Promise<number> {
  const { version: now } = await ask<Schemas['ChangedVersion']>(`/w/${ws}/privacy/masking`, { method: 'PUT', body: masking, headers: { 'if-match': String(version) } })
  await queryClient.invalidateQueries({ queryKey: ['w', ws, 'privacy'] })
  return now
}

/** What rules would do to the latest events, without writing them. */
export function previewMasking(ws: string, masking: Masking): Promise<MaskingPreview> {
  return ask<MaskingPreview>(`/w/${ws}/privacy/masking/preview`, { method: 'POST', body: masking })
}
