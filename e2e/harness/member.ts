import { type Cookie, request } from '@playwright/test'
import type { Server } from './server.ts'

/** Someone who works in the product, signed in. */
export type Member = {
  readonly email: string
  readonly password: string
  readonly cookies: readonly Cookie[]
}

/** Makes the owner through the one-time link of the first start. */
export async function createOwner(server: Server): Promise<Member> {
  if (server.setupUrl === undefined) throw new Error('the binary printed no one-time link for the owner')
  const token = new URL(server.setupUrl).searchParams.get('token')
  const member = { email: 'owner@example.com', password: 'correct horse battery staple' }
  const api = await request.newContext({ baseURL: server.url, extraHTTPHeaders: { origin: server.url } })
  const answer = await api.post('/api/setup', { data: { token, name: 'Olive Owner', ...member } })
  if (!answer.ok()) throw new Error(`the owner was refused: ${answer.status()} ${await answer.text()}`)
  const { cookies } = await api.storageState()
  await api.dispose()
  return { ...member, cookies }
}
