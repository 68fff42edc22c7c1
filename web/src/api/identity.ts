import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
export type Identifier = Schemas['Identifier']
export type IdentifierKind = Schemas['IdentifierKind']
export type IdentityPolicy = Schemas['IdentityPolicy']
export type TypeRule = Schemas['TypeRule']
export type SharedByTime = Schemas['SharedByTime']
export type TraitRule = Schemas['TraitRule']
export type StoredPolicy = Schemas['StoredPolicy']
export type PolicyEffect = Schemas['PolicyEffect']
export type PolicyPreview = Schemas['PolicyPreview']
export type KnownIdentifier = Schemas['KnownIdentifier']
export type SuspendedIdentifier = Schemas['SuspendedIdentifier']
export type ProfileIdentity = Schemas['ProfileIdentity']
export type ProfilePast = Schemas['ProfilePast']
export type IdentityLink = Schemas['IdentityLink']
export type IdentityDecided = Schemas['IdentityDecided']
export type JoinPreview = Schemas['JoinPreview']
export type JoinSide = Schemas['JoinSide']
export type Suggestions = Schemas['Suggestions']
export type Suggestion = Schemas['Suggestion']
export type SuggestedProfile = Schemas['SuggestedProfile']
export type SuggestionReason = Schemas['SuggestionReason']
export type DismissedSuggestion = Schemas['DismissedSuggestion']
/** When the lines of the link log arrived. */
export type LinkMoments = Schemas['LinkMoments']
export type MomentOfLinks = Schemas['MomentOfLinks']
export type DecisionKind = Schemas['DecisionKind']
type DecisionDone = Schemas['DecisionDone']

export const policyQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'identity', 'policy'],
    queryFn: ({ signal }) => ask<StoredPolicy>(`/w/${ws}/identity/policy`, { signal }),
  })

export const suspendedQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'identity', 'suspended'],
    queryFn: ({ signal }) => ask<Schemas['SuspendedIdentifiers']>(`/w/${ws}/identity/suspended`, { signal }),
  })

export const suggestionsQuery = (ws: string) =>
  queryOptions({
    queryKey: ['w', ws, 'identity', 'suggestions'],
    queryFn: ({ signal }) => ask<Suggestions>(`/w/${ws}/identity/suggestions`, { signal }),
  })

/** Two profiles side by side, and the one that they would be. */
export const joinQuery = (ws: string, left: number, right: number) =>
  queryOptions({
    queryKey: ['w', ws, 'identity', 'join', left, right],
    queryFn: ({ signal }) => ask<JoinPreview>(withQuery(`/w/${ws}/identity/join`, { left, right }), { signal }),
  })

export const profileIdentityQuery = (ws: string, profile: string) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile, 'identity'],
    queryFn: ({ signal }) => ask<ProfileIdentity>(`/w/${ws}/profiles/${encodeURIComponent(profile)}/identity`, { signal }),
  })

export const profilePastQuery = (ws: string, profile: string, position: number) =>
  queryOptions({
    queryKey: ['w', ws, 'profile', profile, 'past', position],
    queryFn: ({ signal }) => ask<ProfilePast>(withQuery(`/w/${ws}/profiles/${encodeURIComponent(profile)}/past`, { as_of: position }), { signal }),
  })

/** When the lines of the link log arrived; and how many there were at a time, or when the last of so many came. */
export const momentsQuery = (ws: string, which: { readonly at?: string; readonly as_of?: number } = {}) =>
  queryOptions({
    queryKey: ['w', ws, 'identity', 'moments', which],
    queryFn: ({ signal }) => ask<LinkMoments>(withQuery(`/w/${ws}/identity/moments`, which), { signal }),
    staleTime: 60_000,
  })

/** What a policy would do to all of history. */
export function tryPolicy(ws: string, policy: IdentityPolicy): Promise<PolicyPreview> {
  return ask<PolicyPreview>(`/w/${ws}/identity/policy/preview`, { method: 'POST', body: policy })
}

export async function savePolicy(ws: string, version: number, policy: IdentityPolicy, why: string): Promise<number> {
  const stored = await ask<StoredPolicy>(`/w/${ws}/identity/policy`, { method: 'PUT', body: { version, policy, why } })
  await refresh(ws)
  return stored.version
}

/** Parts, reunites or joins two identifiers, or says how one is treated. */
export async function decideIdentity(ws: string, what: DecisionKind, identifier: Identifier, other: Identifier | null, why: string): Promise<DecisionDone> {
  const body = { what, identifier, why, ...(other === null ? {} : { other }) }
  const done = await ask<DecisionDone>(`/w/${ws}/identity/decisions`, { method: 'POST', body })
  await refresh(ws)
  return done
}

/** Who is one person is asked by everything. */
async function refresh(ws: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['w', ws] })
}
