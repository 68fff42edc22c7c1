import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'

export type Session = components['schemas']['Session']
export type Member = components['schemas']['Member']
export type Workspace = components['schemas']['WorkspaceEntry']
export type Role = components['schemas']['Role']

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => ask<Session>('/session'),
  staleTime: 60_000,
})

/** Asks again who is signed in and where they may work, before anything goes on. */
export async function refreshSession(): Promise<void> {
  await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

/** Signs in and keeps the answer. */
export async function signIn(email: string, password: string): Promise<Session> {
  return keep(await ask<Session>('/session', { method: 'POST', body: { email, password } }))
}

/** Makes the owner with the one-time link of the first start. */
export async function setUp(body: { token: string; email: string; name: string; password: string }): Promise<Session> {
  return keep(await ask<Session>('/setup', { method: 'POST', body }))
}

/** Takes an invitation. */
export async function join(token: string, password: string): Promise<Session> {
  return keep(await ask<Session>('/join', { method: 'POST', body: { token, password } }))
}

/** Signs out and forgets everything that was shown. */
export async function signOut(): Promise<void> {
  await ask<null>('/session', { method: 'DELETE' })
  queryClient.clear()
}

export type MemberChange = {
  readonly name?: string
  readonly locale?: string
  readonly password?: { readonly current: string; readonly next: string }
}

export async function changeMember(change: MemberChange): Promise<void> {
  await ask<unknown>('/member', { method: 'PATCH', body: change })
  await refreshSession()
}

function keep(session: Session): Session {
  queryClient.clear()
  queryClient.setQueryData(sessionQuery.queryKey, session)
  return session
}

/** Who may save reports. The server holds it; here it decides what is offered. */
export function canSaveReports(role: Role): boolean {
  return role !== 'viewer'
}

/** Who may ask in SQL. The server holds it; here it decides what is offered. */
export function canAskSql(role: Role): boolean {
  return role !== 'viewer'
}

/** Who may change maps. The server holds it; here it decides what is offered. */
export function canEditMaps(role: Role): boolean {
  return role !== 'viewer' && role !== 'analyst'
}

/** Who may let others see what leaves the workspace. The server holds it; here it decides what is offered. */
export function canPublish(role: Role): boolean {
  return role === 'publisher' || role === 'admin' || role === 'owner'
}

/** Who governs the workspace: keys, webhooks, privacy, identity and who is in it. The server holds it; here it decides what is offered. */
export function governs(role: Role): boolean {
  return role === 'admin' || role === 'owner'
}
