import { SESSION_IDLE_MS, TRAIL_PAGES } from './limits.ts'

/** One visit: it ends after half an hour without anything. */
export type Session = {
  readonly id: string
  readonly seenAt: number
  /** The latest pages, the newest last. */
  readonly trail: readonly { readonly path: string; readonly at: number }[]
  /** The latest search, by a number that stands for its words. */
  readonly search?: { readonly key: number; readonly at: number }
}

/** The visit that something now belongs to: the present one, or a new one. */
export function touch(session: Session | undefined, now: number, id: () => string): Session {
  return goesOn(session, now) ? { ...session, seenAt: now } : { id: id(), seenAt: now, trail: [] }
}

export function goesOn(session: Session | undefined, now: number): session is Session {
  return session !== undefined && now - session.seenAt < SESSION_IDLE_MS && session.seenAt <= now + 60_000
}

/** How a page was come to, as raw figures; what is quick is for a rule to say. */
export type Arrival = {
  /** Milliseconds on the page before. */
  readonly before_ms?: number
  /** Whether it is the page that the one before was come to from. */
  readonly back?: boolean
}

/** Notes a page in the trail of the visit. */
export function arrive(session: Session, path: string, now: number): { session: Session; arrival: Arrival } {
  const last = session.trail[session.trail.length - 1]
  const earlier = session.trail[session.trail.length - 2]
  const trail = [...session.trail, { path, at: now }].slice(-TRAIL_PAGES)
  if (last === undefined) return { session: { ...session, trail }, arrival: {} }
  const back = earlier !== undefined && earlier.path === path && last.path !== path
  return { session: { ...session, trail }, arrival: { before_ms: Math.max(0, now - last.at), back } }
}

/** Notes a search. None when it is the one that was told last, which somebody only looks at again. */
export function search(session: Session, words: string, now: number): { session: Session; again_ms?: number } | undefined {
  let key = 0
  for (let index = 0; index < words.length; index += 1) key = (Math.imul(key, 31) + words.charCodeAt(index)) | 0
  const before = session.search
  if (before?.key === key) return undefined
  const found = { session: { ...session, search: { key, at: now } } }
  return before === undefined ? found : { ...found, again_ms: Math.max(0, now - before.at) }
}

/** A session as it was stored; none when it is something else. */
export function readSession(value: unknown): Session | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, seenAt, trail, search } = value as Record<string, unknown>
  if (typeof id !== 'string' || typeof seenAt !== 'number') return undefined
  const told = typeof search === 'object' && search !== null ? { search: search as NonNullable<Session['search']> } : {}
  return { id, seenAt, trail: Array.isArray(trail) ? trail : [], ...told }
}
