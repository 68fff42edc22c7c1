import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

/** A door before the server that fails on purpose, now and then. */
export type FaultyDoor = {
  readonly url: string
  /** How often it has failed, by what it did. */
  readonly faults: Readonly<Record<Fault, number>>
  readonly close: () => Promise<void>
}

/** `lost`: the server has stored the events, but its answer is lost. `away`: there is no server. */
export type Fault = 'busy' | 'broken' | 'lost' | 'away'

/** Which requests fail, counted from 1. Later ones go through. */
const PLAN: ReadonlyMap<number, Fault> = new Map<number, Fault>([
  [2, 'busy'],
  [3, 'broken'],
  [4, 'lost'],
])

/** Opens a door to the server at `target`, which says with this status that the server is busy. */
export async function openFaultyDoor(target: string, busyStatus = 429): Promise<FaultyDoor> {
  const faults: Record<Fault, number> = { busy: 0, broken: 0, lost: 0, away: 0 }
  let requests = 0
  const door = createServer((incoming, outgoing) => {
    // Before a browser sends from another origin, it asks whether it may.
    const isAsking = incoming.method === 'OPTIONS'
    if (!isAsking) requests += 1
    const fault = isAsking ? undefined : PLAN.get(requests)
    if (fault !== undefined) faults[fault] += 1
    const away = () => {
      faults.away += 1
      refuse(incoming, outgoing, 503)
    }
    if (fault === 'busy' || fault === 'broken') {
      incoming.resume().once('end', () => refuse(incoming, outgoing, fault === 'busy' ? busyStatus : 500))
    } else {
      forward(incoming, outgoing, target, fault === 'lost', away)
    }
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('the door has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    faults,
    close: () =>
      new Promise((resolve) => {
        door.closeAllConnections()
        door.close(() => resolve())
      }),
  }
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: string, isLost: boolean, away: () => void): void {
  const onward = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: incoming.headers }, (answer) => {
    if (isLost) {
      answer.resume().once('end', () => refuse(incoming, outgoing, 500))
      return
    }
    answer.once('error', () => outgoing.destroy())
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.once('error', () => {
    if (outgoing.headersSent) outgoing.destroy()
    else away()
  })
  incoming.pipe(onward)
}

/** In a body that every SDK can read, as one of them believes nothing else, and that pages of any site can. */
function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number): void {
  const body = JSON.stringify({ status: 0, code: status, error: 'a fault of the test', message: 'a fault of the test' })
  const { origin } = incoming.headers
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 500 ? {} : { 'retry-after': '1' }),
    ...(origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }),
  })
  outgoing.end(body)
}
