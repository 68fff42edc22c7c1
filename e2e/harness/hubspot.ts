import { createServer } from 'node:http'

type Contact = Record<string, string>
type Input = { readonly id?: string; readonly name?: string; readonly properties?: Contact }

export type HubSpot = { readonly url: string; readonly token: string; readonly contacts: Map<string, Contact>; readonly close: () => Promise<void> }

/** An account of HubSpot on this machine, with text properties of these names. */
export async function startHubSpot(properties: readonly string[]): Promise<HubSpot> {
  const contacts = new Map<string, Contact>()
  const token = 'pat-eu1-of-the-test'
  const answer = (path: string, inputs: readonly Input[]): { readonly results: readonly unknown[] } => {
    switch (path) {
      case '/crm/v3/properties/contacts/batch/read':
        return { results: inputs.filter((it) => properties.includes(it.name ?? '')).map((it) => ({ name: it.name, type: 'string' })) }
      case '/crm/v3/objects/contacts/batch/read':
        return { results: [...contacts].filter(([, it]) => inputs.some((input) => input.id === it['email'])).map(([id, it]) => ({ id, properties: it, propertiesWithHistory: {} })) }
      case '/crm/v3/objects/contacts/batch/update':
        for (const input of inputs) Object.assign(contacts.get(input.id ?? '') ?? {}, input.properties)
        return { results: inputs }
      default:
        throw new Error(`${path} is not called`)
    }
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const isKnown = request.headers.authorization === `Bearer ${token}`
      const body = JSON.parse(Buffer.concat(parts).toString('utf8'))
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isKnown ? { status: 'COMPLETE', ...answer(request.url ?? '', body.inputs) } : { status: 'error', category: 'INVALID_AUTHENTICATION' }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the account has no port')
  return { url: `http://127.0.0.1:${address.port}`, token, contacts, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
