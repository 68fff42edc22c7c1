import { type APIRequestContext, expect, request } from '@playwright/test'
import type { Running } from './test.ts'

/** Events and different profiles. */
export type Count = { readonly events: number; readonly profiles: number }

/** The API as the owner's browser calls it. */
export type Api = {
  readonly get: <Answer>(path: string) => Promise<Answer>
  readonly post: <Answer>(path: string, body: unknown) => Promise<Answer>
  readonly put: <Answer>(path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  readonly close: () => Promise<void>
}

/** Opens the API as the owner. */
export async function openApi(server: Running): Promise<Api> {
  const context = await request.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { origin: server.url },
    storageState: { cookies: [...server.owner.cookies], origins: [] },
  })
  return {
    get: (path) => call(context, 'GET', path),
    post: (path, body) => call(context, 'POST', path, body),
    put: (path, body, headers) => call(context, 'PUT', path, body, headers),
    close: () => context.dispose(),
  }
}

async function call<Answer>(context: APIRequestContext, method: string, path: string, data?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await context.fetch(`/api${path}`, { method, headers, ...(data === undefined ? {} : { data }) })
  const text = await answer.text()
  if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${text}`)
  return JSON.parse(text === '' ? 'null' : text)
}

/** Makes a workspace and a key that events may be sent with. */
export async function makeWorkspace(api: Api, id: string, name = id): Promise<{ readonly ws: string; readonly writeKey: string }> {
  await api.post('/workspaces', { id, name, zone: 'UTC' })
  const { key } = await api.post<{ readonly key: string }>(`/w/${id}/keys`, { name: 'tests' })
  return { ws: id, writeKey: key }
}

/** The first profiles of everyone who ever did something. */
export async function listProfiles(api: Api, ws: string, limit: number): Promise<readonly number[]> {
  const everyone = { kind: 'counts', range: { all: true }, every: 'range' }
  const body = { of: { report: everyone }, select: { kind: 'counts' }, limit }
  const { profiles } = await api.post<{ readonly profiles: readonly { readonly id: number }[] }>(`/w/${ws}/people`, body)
  return profiles.map((it) => it.id)
}

/** How many events of a name there are, and of how many profiles. */
export async function countEvents(api: Api, ws: string, name: string): Promise<Count> {
  const answer = await api.post<{ readonly numbers: { readonly total: Count } }>(`/w/${ws}/ask`, {
    kind: 'counts',
    range: { all: true },
    every: 'range',
    series: [{ name, matcher: { events: [name] } }],
  })
  const { events, profiles } = answer.numbers.total
  return { events, profiles }
}

/** Waits until what was accepted is counted, and fails if anything else is. */
export async function expectEvents(api: Api, ws: string, name: string, expected: Count): Promise<void> {
  await expect.poll(() => countEvents(api, ws, name), { timeout: 90_000, intervals: [1_000] }).toEqual(expected)
}

/** Sends messages as an SDK does, and fails unless they are accepted. */
export async function sendBatch(server: Running, writeKey: string, batch: readonly unknown[]): Promise<void> {
  const answer = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ batch }),
  })
  if (!answer.ok) throw new Error(`the batch was refused: ${answer.status} ${await answer.text()}`)
}
