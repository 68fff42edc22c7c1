import { randomId } from './message.ts'
import { readSession, touch, type Session } from './session.ts'
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
    const session = touch(readSession(readJson(this.#at, 'session')), now, randomId)
    this.put(session)
    return session
  }

  put(session: Session): void {
    this.#at.set('session', JSON.stringify(session))
  }

  /** Moves to the store. Where another tab has made an anonymous id or a visit, they are this tab's too. */
  keep(): void {
    const before = this.#at
    this.#at = this.#store
    for (const name of NAMES) {
      const value = before.get(name)
      if (value !== undefined && (name === 'user' || this.#store.get(name) === undefined)) this.#store.set(name, value)
    }
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
