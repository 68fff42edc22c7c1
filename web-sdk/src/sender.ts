import * as limits from './limits.ts'
import { bytesOf, body, type Fields } from './message.ts'
import type { Queue } from './queue.ts'

/** What the sender needs of the world, so that tests can play it. */
export type World = {
  readonly now: () => number
  readonly chance: () => number
  readonly later: (run: () => void, ms: number) => unknown
  readonly cancel: (timer: unknown) => void
  /** Sends and tells the answer; fails when there was none. */
  readonly post: (url: string, text: string, keep: boolean) => Promise<Answer>
  /** Sends while the page goes. False when the browser does not take it. */
  readonly beacon: (url: string, text: string) => boolean
  readonly warn: (text: string) => void
}

export type Answer = { readonly status: number; readonly retryAfter: string | null; readonly text: string }

/** What to do after an answer. */
export type Verdict = 'done' | 'again' | 'smaller' | 'refused'

/**
 * Reads an answer. Given up is only what our server cannot read, and it says so with a code:
 * a key may be made good, and whatever stands between may be mended.
 */
export function verdict({ status, text }: Answer): Verdict {
  if (status >= 200 && status < 300) return 'done'
  if (status === 413) return 'smaller'
  return status === 400 && text.includes('"code"') ? 'refused' : 'again'
}

/** How long to wait after so many failures in a row: what the server asks for, or twice as long each time with chance in it. */
export function waitMs(failures: number, retryAfter: string | null, now: number, chance: number): number {
  const asked = askedMs(retryAfter, now)
  if (asked !== undefined) return Math.min(asked, limits.RETRY_AFTER_MS_MAX) + chance * 250
  const most = Math.min(limits.RETRY_MS_MAX, limits.RETRY_MS_MIN * 2 ** Math.min(failures - 1, 16))
  return most / 2 + (chance * most) / 2
}

function askedMs(retryAfter: string | null, now: number): number | undefined {
  if (retryAfter === null || retryAfter.trim() === '') return undefined
  const seconds = Number(retryAfter)
  if (!Number.isNaN(seconds)) return Math.max(0, seconds * 1_000)
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Sends what the queue holds, one request at a time, until the server has said that it is stored. */
export class Sender {
  #timer: unknown
  #dueAt = Infinity
  #underWay: ReadonlySet<string> | undefined
  #failures = 0
  /** No request before this moment, as the server asked for a pause or is not there. */
  #pausedUntil = 0
  #limits = { events: limits.BATCH_EVENTS_MAX, bytes: limits.BATCH_BYTES_MAX }
  #eventsMax = limits.BATCH_EVENTS_MAX
  #hasLeft = false

  readonly #queue: Queue
  readonly #url: string
  readonly #key: string
  readonly #context: () => Fields
  readonly #world: World

  constructor(queue: Queue, url: string, key: string, context: () => Fields, world: World) {
    this.#queue = queue
    this.#url = url
    this.#key = key
    this.#context = context
    this.#world = world
  }

  /** Takes less at once where the server says so. */
  limit(events: number, bytes: number): void {
    this.#limits = { events: Math.min(this.#limits.events, events), bytes: Math.min(this.#limits.bytes, bytes) }
    this.#eventsMax = Math.min(this.#eventsMax, this.#limits.events)
  }

  /** Says that the queue has grown. */
  wake(): void {
    if (this.#queue.count === 0) return
    this.#plan(this.#queue.count >= limits.FLUSH_EVENTS ? 0 : limits.FLUSH_AFTER_MS)
  }

  /** Sends now, also where a failure is being waited out: the network is back. */
  retry(): void {
    this.#pausedUntil = 0
    this.#plan(0)
  }

  /** Sends what fits as the page is out of sight and may never come back, in a request that outlives it. */
  hide(): void {
    if (this.#hasLeft || this.#world.now() < this.#pausedUntil) return
    this.stop()
    void this.#send(limits.LEAVING_BYTES_MAX)
  }

  /** Sends what fits while the page goes. It stays stored, as nobody hears the answer. */
  leave(): void {
    this.#hasLeft = true
    if (this.#world.now() < this.#pausedUntil) return
    const batch = this.#queue.next(limits.LEAVING_BYTES_MAX, this.#eventsMax, this.#underWay ?? new Set())
    if (batch.length === 0) return
    const text = this.#body(batch.map((it) => it.text))
    if (!this.#world.beacon(this.#url, text)) void this.#world.post(this.#url, text, true).catch(() => undefined)
  }

  /** The page is shown once more after it had gone. */
  comeBack(): void {
    this.#hasLeft = false
    this.wake()
  }

  /** Forgets what is planned. */
  stop(): void {
    this.#world.cancel(this.#timer)
    this.#dueAt = Infinity
  }

  #plan(ms: number): void {
    const at = Math.max(this.#world.now() + ms, this.#pausedUntil)
    if (this.#underWay !== undefined || at >= this.#dueAt) return
    this.#world.cancel(this.#timer)
    this.#dueAt = at
    this.#timer = this.#world.later(() => {
      this.#dueAt = Infinity
      void this.#send()
    }, at - this.#world.now())
  }

  async #send(bytesMax = this.#limits.bytes): Promise<void> {
    const batch = this.#queue.next(bytesMax, this.#eventsMax)
    if (batch.length === 0 || this.#underWay !== undefined) return
    const ids = new Set(batch.map((it) => it.id))
    this.#underWay = ids
    const text = this.#body(batch.map((it) => it.text))
    const givenUp = this.#queue.givenUp
    const answer = await this.#world
      .post(this.#url, text, bytesOf(text) < limits.LEAVING_BYTES_MAX)
      .catch((): Answer => ({ status: 0, retryAfter: null, text: '' }))
    this.#underWay = undefined
    switch (verdict(answer)) {
      case 'done':
        this.#queue.remove(ids)
        this.#queue.told(givenUp)
        if (answer.text.includes('"rejected"')) this.#world.warn(`events were held back: ${answer.text}`)
        this.#succeed()
        return
      case 'smaller':
        if (batch.length > 1) {
          this.#eventsMax = Math.ceil(batch.length / 2)
          this.#plan(0)
          return
        }
        this.#giveUp(ids, answer)
        return
      case 'refused':
        this.#giveUp(ids, answer)
        return
      case 'again':
        this.#failures += 1
        this.#pausedUntil =
          this.#world.now() + waitMs(this.#failures, answer.retryAfter, this.#world.now(), this.#world.chance())
        if (answer.status >= 400 && answer.status < 500) this.#world.warn(`events wait, as the server answered ${answer.status}: ${answer.text}`)
        this.#plan(0)
    }
  }

  #succeed(): void {
    this.#failures = 0
    this.#pausedUntil = 0
    this.#eventsMax = this.#limits.events
    if (this.#queue.count > 0) this.#plan(this.#queue.count >= limits.FLUSH_EVENTS ? 0 : limits.FLUSH_AFTER_MS)
  }

  #giveUp(ids: ReadonlySet<string>, answer: Answer): void {
    this.#queue.giveUp(ids)
    this.#world.warn(`the server refused ${ids.size} events (${answer.status}): ${answer.text}`)
    this.#succeed()
  }

  #body(items: readonly string[]): string {
    const givenUp = this.#queue.givenUp
    const context = givenUp === 0 ? this.#context() : { ...this.#context(), givenUp }
    return body(this.#key, items, context, this.#world.now())
  }
}
