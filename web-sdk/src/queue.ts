import { ADOPT_AFTER_MS, BATCH_EVENTS_MAX, QUEUE_CHARS_MAX, QUEUE_EVENTS_MAX } from './limits.ts'
import { bytesOf, type Message } from './message.ts'
import type { Store } from './store.ts'

const NAME = 'q.'

type Item = { readonly id: string; readonly text: string }

/**
 * Events that nobody has acknowledged yet, each under a name of its own in the store.
 *
 * A page that dies leaves them to the next page of the site. Two pages may send one event then,
 * which its id makes harmless: the server stores it once.
 */
export class Queue {
  #items: Item[] = []
  #chars = 0
  #givenUp = 0

  readonly #store: Store

  constructor(store: Store, now: number) {
    this.#store = store
    this.adopt(now)
  }

  get count(): number {
    return this.#items.length
  }

  /** Events that were given up since the last time this was told. */
  get givenUp(): number {
    return this.#givenUp
  }

  /** Gives up events that will never be stored. */
  giveUp(ids: ReadonlySet<string>): void {
    this.remove(ids)
    this.#givenUp += ids.size
  }

  told(count: number): void {
    this.#givenUp -= count
  }

  add(message: Message): void {
    const text = JSON.stringify(message)
    this.#take({ id: message.messageId, text })
    this.#store.set(NAME + message.messageId, text)
  }

  /** The oldest events that fit, without those that are under way. */
  next(bytesMax: number, eventsMax = BATCH_EVENTS_MAX, without?: ReadonlySet<string>): readonly Item[] {
    const batch: Item[] = []
    let bytes = 500
    for (const item of this.#items) {
      if (without?.has(item.id) === true) continue
      bytes += bytesOf(item.text) + 1
      if (batch.length === eventsMax || (bytes > bytesMax && batch.length > 0)) break
      batch.push(item)
    }
    return batch
  }

  remove(ids: ReadonlySet<string>): void {
    this.#items = this.#items.filter((item) => {
      if (!ids.has(item.id)) return true
      this.#chars -= item.text.length
      this.#store.remove(NAME + item.id)
      return false
    })
  }

  clear(): void {
    this.remove(new Set(this.#items.map((item) => item.id)))
    for (const name of this.#store.names()) if (name.startsWith(NAME)) this.#store.remove(name)
  }

  /** Takes over what pages have left that are gone by now. */
  adopt(now: number): void {
    const found: (Item & { readonly at: number })[] = []
    for (const name of this.#store.names()) {
      if (!name.startsWith(NAME)) continue
      const text = this.#store.get(name)
      const at = timeOf(text)
      if (text === undefined || at === undefined) this.#store.remove(name)
      else if (now - at >= ADOPT_AFTER_MS || at > now) found.push({ id: name.slice(NAME.length), text, at })
    }
    found.sort((a, b) => a.at - b.at)
    for (const { id, text } of found) if (!this.#items.some((item) => item.id === id)) this.#take({ id, text })
  }

  #take(item: Item): void {
    this.#items.push(item)
    this.#chars += item.text.length
    while (this.#items.length > QUEUE_EVENTS_MAX || this.#chars > QUEUE_CHARS_MAX) {
      const oldest = this.#items.shift()
      if (oldest === undefined) return
      this.#chars -= oldest.text.length
      this.#store.remove(NAME + oldest.id)
      this.#givenUp += 1
    }
  }
}

function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(/"originalTimestamp":"([^"]+)"/.exec(text ?? '')?.[1] ?? '')
  return Number.isNaN(at) ? undefined : at
}
