import { ANSWER_WAIT_MS } from './limits.ts'
import type { World } from './sender.ts'

/** The browser as the sender needs it. A body of plain text and no header of ours make no browser ask first. */
export function world(isTalkative: boolean): World {
  return {
    now: () => Date.now(),
    chance: () => Math.random(),
    later: (run, ms) => window.setTimeout(run, ms),
    cancel: (timer) => {
      if (typeof timer === 'number') clearTimeout(timer)
    },
    post: async (url, text, keep) => {
      const stop = new AbortController()
      const timer = setTimeout(() => stop.abort(), ANSWER_WAIT_MS)
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: text,
          credentials: 'omit',
          keepalive: keep,
          signal: stop.signal,
        })
        return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() }
      } finally {
        clearTimeout(timer)
      }
    },
    beacon: (url, text) => navigator.sendBeacon?.(url, text) ?? false,
    warn: (text) => {
      if (isTalkative) console.warn(`throughline: ${text}`)
    },
  }
}

/** What the server says of itself: how much it takes at once. */
export type Settings = { readonly batch_events_max: number; readonly batch_bytes_max: number }

export async function settings(host: string, key: string): Promise<Settings | undefined> {
  try {
    const answer = await fetch(`${host}/t/${encodeURIComponent(key)}/settings`, { credentials: 'omit' })
    return answer.ok ? await answer.json() : undefined
  } catch {
    return undefined
  }
}
