import { createStore, type Store } from '../lib/store.ts'
import type { components } from './schema.ts'

export type Tick = components['schemas']['Tick']
export type LiveEvent = components['schemas']['LiveEvent']
export type DemoProgress = components['schemas']['DemoProgress']

/** What the open stream of a workspace last said. */
export type Pulse = {
  readonly state: 'connecting' | 'open' | 'lost'
  readonly tick: Tick | null
  readonly demo: DemoProgress | null
}

export type Stream = {
  readonly pulse: Store<Pulse>
  /** Calls for each event that is shown live, until the returned function is called. */
  readonly onLive: (listener: (event: LiveEvent) => void) => () => void
  /** Calls at each progress of an import. */
  readonly onImport: (listener: () => void) => () => void
  readonly close: () => void
}

/** The browser reconnects by itself after a broken connection, but not after a refusal. */
const RETRY_MS = 4_000

/** Opens the server's stream for one workspace and keeps it open. */
export function openStream(ws: string): Stream {
  const pulse = createStore<Pulse>({ state: 'connecting', tick: null, demo: null })
  const live = new Set<(event: LiveEvent) => void>()
  const imports = new Set<() => void>()
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  const connect = () => {
    source = new EventSource(`/api/w/${ws}/stream`)
    source.onopen = () => pulse.set({ ...pulse.get(), state: 'open' })
    source.onerror = () => {
      pulse.set({ ...pulse.get(), state: 'lost' })
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS)
    }
    source.addEventListener('tick', (message) => {
      const tick: Tick = JSON.parse(message.data)
      pulse.set({ ...pulse.get(), state: 'open', tick })
    })
    source.addEventListener('demo', (message) => {
      const demo: DemoProgress = JSON.parse(message.data)
      pulse.set({ ...pulse.get(), demo })
    })
    source.addEventListener('live', (message) => {
      const event: LiveEvent = JSON.parse(message.data)
      for (const listener of live) listener(event)
    })
    source.addEventListener('import', () => {
      for (const listener of imports) listener()
    })
  }
  connect()

  return {
    pulse,
    onLive: (listener) => {
      live.add(listener)
      return () => live.delete(listener)
    },
    onImport: (listener) => {
      imports.add(listener)
      return () => imports.delete(listener)
    },
    close: () => {
      clearTimeout(retry)
      source.close()
    },
  }
}
