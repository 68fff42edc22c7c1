import { queryOptions } from '@tanstack/react-query'
import { ask, withQuery } from './client.ts'
import { queryClient } from './query-client.ts'
import type { components } from './schema.ts'
import type { Role } from './session.ts'

export type Colleague = components['schemas']['MemberEntry']
type Members = components['schemas']['MemberList']
type Invited = components['schemas']['Invited']
type AuditPage = components['schemas']['AuditPage']
export type AuditLine = components['schemas']['AuditLine']

export const membersQuery = queryOptions({ queryKey: ['members'], queryFn: ({ signal }) => ask<Members>('/members', { signal }), retry: false })

export const auditQuery = queryOptions({
  queryKey: ['audit'],
  queryFn: ({ signal }) => ask<AuditPage>(withQuery('/audit', {}), { signal }),
  retry: false,
})

/** Invites somebody into a workspace; the link is theirs and works once. */
export async function invite(email: string, name: string, ws: string, role: Role): Promise<Invited> {
  const invited = await ask<Invited>('/members', { method: 'POST', body: { email, name, workspaces: [{ id: ws, role }] } })
  await queryClient.invalidateQueries({ queryKey: membersQuery.queryKey })
  return invited
}

/** Gives a member another role in a workspace; null takes the workspace away. */
export async function changeRole(id: number | string, ws: string, role: Role | null): Promise<void> {
  await ask<unknown>(`/members/${id}`, { method: 'PATCH', body: { workspaces: [{ id: ws, role }] } })
  await queryClient.invalidateQueries({ queryKey: membersQuery.queryKey })
}
