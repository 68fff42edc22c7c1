import { randomId } from './message.ts'
import { goesOn, readSession, touch, type Session } from './session.ts'
import { openStore, readJson, type Store } from './store.ts'

const NAMES = ['user', 'anonymous', 'session'] as const

/**
 * Who visits, and on which visit: in memory until something may be stored, in the store from then on.
 *
 * The store is asked each time, as another tab of the site may have forgotten the visitor meanwhile.
 */
export class Visitor {
  #at: Store = openStore(() => undefined)

  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  get anonymous(): string {
    const known = this.#at.get('anonymous')
    if (known !== undefined) return known
    const made = randomId()
    this.#at.set('anonymous', made)
    return made
  }

  get user(): string | undefined {
    return this.#at.get('user')
  }

  know(user: string): void {
    this.#at.set('user', user)
  }

  /** The visit that something now belongs to. */
  touch(now: number): Session {
    const session = touch(sessionOf(this.#at), now, randomId)
    this.put(session)
    return session
  }

  put(session: Session): void {
    this.#at.set('session', JSON.stringify(session))
  }

  /**
   * Moves to the store. Where another tab has made an anonymous id or is on a visit, they are this tab's too:
   * what stands in the place of which id of this tab is told.
   */
  keep(now: number): ReadonlyMap<unknown, string> {
    const before = this.#at
    this.#at = this.#store
    const [user, guest, visit] = [before.get('user'), before.get('anonymous'), sessionOf(before)]
    if (user !== undefined) this.#store.set('user', user)
    const renamed = new Map<unknown, string>()
    if (guest !== undefined) {
      const known = this.#store.get('anonymous')
      if (known === undefined) this.#store.set('anonymous', guest)
      else renamed.set(guest, known)
    }
    if (visit !== undefined) {
      const present = sessionOf(this.#store)
      if (goesOn(present, now)) renamed.set(visit.id, present.id)
      else this.put(visit)
    }
    return renamed
  }

  /** The next event is of somebody new. */
  forget(): void {
    for (const name of NAMES) {
      this.#store.remove(name)
      this.#at.remove(name)
    }
  }

  /** Forgets, and stores nothing from now on. */
  leaveStore(): void {
    this.forget()
    this.#at = openStore(() => undefined)
  }
}

function sessionOf(store: Store): Session | undefined {
  return readSession(readJson(store, 'session'))
}
