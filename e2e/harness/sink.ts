import { createServer, type IncomingHttpHeaders } from 'node:http'

/** A call that a webhook got. */
export type Taken = { readonly headers: IncomingHttpHeaders; readonly body: string }

export type Sink = { readonly url: string; readonly taken: readonly Taken[]; readonly close: () => Promise<void> }

/** A local server that takes every call and keeps it for the test. */
export async function startSink(): Promise<Sink> {
  const taken: Taken[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      taken.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the sink has no port')
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
