import { type Cookie, request } from '@playwright/test'
import type { Server } from './server.ts'

/** Someone who works in the product, signed in. */
export type Member = { readonly cookies: readonly Cookie[] }

/** Becomes the owner through the one-time link that the start printed. */
export async function becomeOwner(server: Server): Promise<Member> {
  if (server.link === undefined) throw new Error('the binary printed no one-time link')
  const link = new URL(server.link)
  const api = await request.newContext({ baseURL: server.url, extraHTTPHeaders: { origin: server.url } })
  const owner = { name: 'Olive Owner', email: 'owner@example.com', password: 'correct horse battery staple' }
  const answer =
    link.pathname === '/setup'
      ? await api.post('/api/setup', { data: { token: link.searchParams.get('token'), ...owner } })
      : await api.get(server.link, { maxRedirects: 0 })
  if (answer.status() >= 400) throw new Error(`the link was refused: ${answer.status()} ${await answer.text()}`)
  const { cookies } = await api.storageState()
  await api.dispose()
  return { cookies }
}
