import { Client, type Options } from './client.ts'
import { hold, type Call } from './early.ts'

/** The calls that a page can make before the script is there. */
const CALLS = ['track', 'page', 'identify', 'alias', 'group', 'reset', 'consent'] as const

const script = document.currentScript
const origin = script instanceof HTMLScriptElement && script.src !== '' ? new URL(script.src).origin : location.origin

let client: Client | undefined
let early: readonly Call[] = []

/** Runs one call. What fails in here must not break the page that it is on. */
function run([name, ...args]: Call): void {
  try {
    if (name === 'init') {
      const [key, options] = args
      if (client !== undefined || typeof key !== 'string') return
      client = new Client(key, (options ?? {}) as Options, origin)
      const calls = early
      early = []
      calls.forEach(run)
      return
    }
    const call = CALLS.find((it) => it === name)
    if (call === undefined) return
    if (client === undefined) early = hold(early, [name, ...args])
    else Reflect.apply(client[call], client, args)
  } catch (error) {
    console.error('throughline:', error)
  }
}

const holder = window as unknown as { throughline?: unknown }
const waiting = holder.throughline
if (!(typeof waiting === 'object' && waiting !== null && 'isLoaded' in waiting)) {
  const api: Record<string, unknown> = { isLoaded: true, push: run }
  for (const name of ['init', ...CALLS]) api[name] = (...args: unknown[]) => run([name, ...args])
  holder.throughline = api
  if (Array.isArray(waiting)) waiting.forEach((call: Call) => run(call))
}
