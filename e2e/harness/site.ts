import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { snippet } from '../../web/src/source/snippet.ts'

/** What becomes of the next request with events. `lost` is stored, and its answer never arrives. */
export type Fault = { readonly status: number; readonly retryAfter?: number } | 'broken' | 'lost'

/** A site of a customer, which forwards `/t/` to the server under test. */
export type Site = {
  readonly url: string
  /** Faults of the requests with events to come, the next first. */
  readonly faults: Fault[]
  /** Every body with events that was sent, also those that failed. */
  readonly bodies: readonly Body[]
  readonly methods: readonly string[]
  readonly close: () => Promise<void>
}

export type Body = { readonly writeKey: string; readonly sentAt: string; readonly batch: readonly Sent[] }

export type Sent = {
  readonly type: string
  readonly messageId: string
  readonly event?: string
  readonly userId?: string
  readonly previousId?: string
  readonly anonymousId: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
}

/** What a site pastes, with the key and options of a test, on a page with this content. */
export function pageWith(key: string, origin: string, content: string, options = '{ debug: true }'): string {
  const code = snippet('throughline', 'site', origin, key).replace(`init('${key}')`, `init('${key}', ${options})`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title>${code}</head><body style="margin:0">${content}</body></html>`
}

/** Serves pages by path, any path below one that is there included. */
export async function startSite(target: () => string, page: (path: string, url: string) => string): Promise<Site> {
  const faults: Fault[] = []
  const bodies: Body[] = []
  const methods: string[] = []
  let url = ''
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.writeHead(502).end())
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/'
    if (!path.startsWith('/t/')) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(path, url))
      return
    }
    methods.push(`${request.method} ${path}`)
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const isEvents = path === '/t/e' && request.method === 'POST'
    if (isEvents) bodies.push(JSON.parse(body.toString('utf8')))
    const fault = isEvents ? faults.shift() : undefined
    if (fault === 'broken') return void response.destroy()
    if (typeof fault === 'object') {
      response.writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }).end()
      return
    }
    const found = await fetch(target() + path, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
      ...(body.length === 0 ? {} : { body }),
    })
    const text = await found.text()
    if (fault === 'lost') return void response.destroy()
    const retryAfter = found.headers.get('retry-after')
    response
      .writeHead(found.status, {
        'content-type': found.headers.get('content-type') ?? 'text/plain',
        ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
      })
      .end(text)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the site has no port')
  url = `http://127.0.0.1:${address.port}`
  return {
    url,
    faults,
    bodies,
    methods,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Every event that was sent, once each. */
export function sentOnce(site: Site, event: string): readonly Sent[] {
  const all = new Map(site.bodies.flatMap((it) => it.batch).map((it) => [it.messageId, it]))
  return [...all.values()].filter((it) => (it.event ?? it.type) === event)
}
