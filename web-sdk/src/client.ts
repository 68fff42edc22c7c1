import { Attention } from './attention.ts'
import { Capture, sizes } from './capture.ts'
import * as consent from './consent.ts'
import * as limits from './limits.ts'
import { type Fields, type Kind, type Message, bytesOf, randomId } from './message.ts'
import { masked, safeAddress, safeSearch, safeText } from './privacy.ts'
import { Queue } from './queue.ts'
import { Sender, type World } from './sender.ts'
import { arrive, search } from './session.ts'
import { attempt, keyOf, openStore, readJson, type Store } from './store.ts'
import { Visitor } from './visitor.ts'
import { settings, world } from './world.ts'

/** How the library behaves; everything has a default. */
export type Options = {
  /** Where events go: the origin that the script came from unless said otherwise. */
  readonly host?: string
  /** Whether clicks, forms, pop-ups, scrolling and attention are told by themselves. */
  readonly autocapture?: boolean
  /** Whether pages are told by themselves, also where the address changes without a load. */
  readonly pageviews?: boolean
  /** `required` neither stores nor sends anything before `consent(true)`. */
  readonly consent?: 'assumed' | 'required'
  /** What becomes of calls before consent. */
  readonly beforeConsent?: 'hold' | 'drop'
  /** The category of consent that collecting belongs to. */
  readonly consentCategory?: string
  /** Whether Global Privacy Control counts as an objection. */
  readonly honorGpc?: boolean
  /** Further names of a query whose values are told. */
  readonly query?: readonly string[]
  /** Whether refusals are written to the console. */
  readonly debug?: boolean
}

const VERSION = '1'

/** The library for one key. */
export class Client {
  readonly #key: string
  readonly #host: string
  readonly #options: Options
  readonly #store: Store
  readonly #rule: consent.ConsentRule
  readonly #visitor: Visitor
  readonly #world: World

  /** What was permitted when it was looked at the last time. */
  #permitted: consent.Permission | undefined
  #held: Message[] = []
  /** Made once something may be stored. */
  #running: { readonly queue: Queue; readonly sender: Sender; readonly capture: Capture | undefined; readonly timers: readonly number[] } | undefined
  #attention = new Attention(Date.now())
  /** The present view of a page, that what happens on it is told with. */
  #view = randomId()
  #viewPart = 0
  #shown: { readonly address: string; readonly path: string; readonly context: Fields } | undefined
  #stopListening: (() => void) | undefined

  constructor(key: string, options: Options, host: string) {
    this.#key = key
    this.#host = (options.host ?? host).replace(/\/+$/, '')
    this.#options = options
    this.#store = openStore(() => window.localStorage)
    this.#rule = {
      mode: options.consent ?? 'assumed',
      before: options.beforeConsent ?? 'hold',
      category: options.consentCategory ?? 'analytics',
      honorsGpc: options.honorGpc !== false,
    }
    this.#visitor = new Visitor(this.#store)
    this.#world = world(options.debug === true)
    this.#apply()
    this.#watchConsent()
    this.#watchAddress()
  }

  track(event: string, properties: Fields = {}): void {
    this.#tell('track', { event: String(event), properties: { ...properties } })
  }

  /** Tells that the present page is seen. It is told by itself unless `pageviews` is off. */
  page(name?: string | Fields, properties: Fields = {}): void {
    if (typeof name === 'object') return this.page(undefined, name)
    this.#running?.capture?.moved('address')
    this.#leaveView()
    const now = Date.now()
    const page = this.#pageOf()
    this.#shown = { address: location.href, path: safePath(), context: { page, ...campaign() } }
    const { arrival } = this.#arrive(now)
    this.#beginView(now)
    this.#tell('page', { ...(name === undefined ? {} : { name }), properties: { ...page, view: this.#view, ...arrival, ...sizes(), ...properties } })
  }

  #beginView(now: number): void {
    this.#view = randomId()
    this.#viewPart = 0
    this.#attention = new Attention(now)
  }

  /** Which page, and which time that it was seen. */
  #place(): Fields {
    return { path: this.#shown?.path ?? safePath(), view: this.#view }
  }

  identify(userId: string | number | Fields | null, traits: Fields = {}): void {
    if (typeof userId === 'object') return this.#tell('identify', { traits: { ...(userId ?? {}) } })
    if (String(userId).trim() === '') return
    this.#visitor.know(String(userId))
    this.#tell('identify', { traits: { ...traits } })
  }

  alias(userId: string | number, previousId?: string | number): void {
    const previous = previousId ?? this.#visitor.user ?? this.#visitor.anonymous
    this.#visitor.know(String(userId))
    this.#tell('alias', { previousId: String(previous) })
  }

  group(groupId: string | number, traits: Fields = {}): void {
    this.#tell('group', { groupId: String(groupId), traits: { ...traits } })
  }

  /** Forgets who the visitor is: the next event is of somebody new. */
  reset(): void {
    this.#running?.capture?.moved('change')
    this.#leaveView()
    this.#visitor.forget()
    this.#beginView(Date.now())
  }

  /** What the visitor has decided: all, nothing, or by category. */
  consent(choice: consent.Choice): void {
    const read = consent.readChoice(choice) ?? false
    // Other tabs act once they see the decision, and take the ids that they find then.
    if (this.#permissionOf(read) === 'granted') this.#keepVisitor()
    // That somebody objected has to be remembered to be honored.
    const decided = JSON.stringify(read)
    this.#store.set('consent', decided)
    this.#apply()
    // A full disk has room for it once what was collected is gone.
    this.#store.set('consent', decided)
  }

  /** The decision is asked for each time, as it may be made in another tab. */
  #choice(): consent.Choice | undefined {
    return consent.readChoice(readJson(this.#store, 'consent'))
  }

  #permission(): consent.Permission {
    return this.#permissionOf(this.#choice())
  }

  #permissionOf(choice: consent.Choice | undefined): consent.Permission {
    return consent.permission(this.#rule, choice, attempt(() => (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) === true)
  }

  /** Starts or stops what the present permission allows. */
  #apply(): void {
    const before = this.#permitted
    const now = this.#permission()
    if (now === before) return
    this.#permitted = now
    if (now === 'granted') this.#start()
    else if (now === 'denied' || before === 'granted') this.#stop()
    if (now === 'denied') {
      this.#held = []
      new Queue(this.#store, 0).clear()
    }
    if (before === 'denied') this.#seePage()
  }

  /** Follows what is decided in another tab, and before this page came back out of a cache. */
  #watchConsent(): void {
    addEventListener('storage', ({ key }) => {
      if (key === null || key === keyOf('consent')) this.#apply()
    })
    addEventListener('pageshow', () => this.#apply())
  }

  #start(): void {
    if (this.#running !== undefined) return
    const queue = new Queue(this.#store, Date.now())
    const sender = new Sender(queue, `${this.#host}/t/e`, this.#key, () => this.#common(), this.#world)
    const capture = this.#options.autocapture === false ? undefined : new Capture(
            (event, properties, at) => this.#tell('track', { event, properties: { ...properties, ...this.#place() } }, at),
            (words, now) => this.#searched(words, now),
          )
    const timers = [
      window.setInterval(() => this.#lookAround(), limits.ATTENTION_TICK_MS),
      window.setInterval(() => {
        queue.adopt(Date.now())
        sender.wake()
      }, limits.ADOPT_AFTER_MS),
    ]
    this.#running = { queue, sender, capture, timers }
    this.#keepHeld()
    capture?.start()
    this.#listen()
    sender.wake()
    void settings(this.#host, this.#key).then((found) => {
      if (found !== undefined) sender.limit(found.batch_events_max, found.batch_bytes_max)
      else this.#world.warn('the server does not know this key, or is not there')
    })
  }

  /** What waited for the decision is told under it, as of whom the site knows by now. */
  #keepHeld(): void {
    this.#keepVisitor()
    for (const message of this.#held.splice(0)) {
      this.#keep({ ...message, context: { ...Object(message['context']), ...this.#consentContext() } })
    }
  }

  /** Stores who visits. What waits is then of whom the site has known before, if anybody. */
  #keepVisitor(): void {
    const renamed = this.#visitor.keep(Date.now())
    this.#held = this.#held.map((message) => ({ ...rename(message, renamed), context: rename(Object(message['context']), renamed) }))
  }

  #stop(): void {
    this.#visitor.leaveStore()
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.capture?.stop()
    running.sender.stop()
    running.timers.forEach((timer) => clearInterval(timer))
    running.queue.clear()
    this.#stopListening?.()
  }

  #listen(): void {
    const stop = new AbortController()
    const listen = (target: EventTarget, names: readonly string[], run: (event: Event) => void) =>
      names.forEach((name) => target.addEventListener(name, run, { passive: true, capture: true, signal: stop.signal }))
    listen(document, ['pointerdown', 'pointermove', 'keydown', 'scroll', 'touchstart', 'wheel'], () => this.#attention.act(Date.now()))
    listen(window, ['pagehide'], () => this.#go(true))
    listen(document, ['visibilitychange'], () => {
      if (document.visibilityState === 'hidden') this.#go(false)
    })
    listen(window, ['pageshow'], () => this.#running?.sender.comeBack())
    listen(window, ['online'], () => this.#running?.sender.retry())
    this.#stopListening = () => stop.abort()
  }

  #go(isLast: boolean): void {
    // Who opened another tab may not come back, and what is hidden may be ended without a word.
    this.#running?.capture?.moved('leave')
    this.#leaveView()
    if (isLast) this.#running?.sender.leave()
    else this.#running?.sender.hide()
  }

  /** Tells how far the view was scrolled and what was looked at, since this was told the last time. */
  #leaveView(): void {
    if (this.#options.autocapture === false || this.#shown === undefined) return
    this.#lookAround()
    const { active_ms, reached, bands } = this.#attention.take()
    if (active_ms === 0 && this.#viewPart > 0) return
    this.#viewPart += 1
    const properties = { ...this.#place(), part: this.#viewPart, active_ms, reached, bands, band_px: limits.BAND_PX, ...sizes() }
    this.#tell('track', { event: 'page_left', properties })
  }

  #lookAround(): void {
    const isVisible = document.visibilityState === 'visible'
    this.#attention.look(Date.now(), scrollY, scrollY + innerHeight, isVisible)
  }

  #seePage(): void {
    if (this.#options.pageviews === false || this.#permission() === 'denied') return
    if (addressOf(this.#shown?.address) === addressOf(location.href)) return
    this.page()
  }

  #watchAddress(): void {
    const see = () => this.#seePage()
    for (const name of ['pushState', 'replaceState'] as const) {
      const original = history[name]
      history[name] = function (this: History, ...args: Parameters<typeof original>) {
        original.apply(this, args)
        // The page sets its title after the address.
        setTimeout(see, 0)
      }
    }
    addEventListener('popstate', () => setTimeout(see, 0))
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', see, { once: true })
    else see()
  }

  #searched(words: string, now: number): { readonly again_ms?: number } | undefined {
    const found = search(this.#visitor.touch(now), words, now)
    if (found === undefined) return undefined
    const { session, ...told } = found
    this.#visitor.put(session)
    return told
  }

  #arrive(now: number) {
    const found = arrive(this.#visitor.touch(now), safePath(), now)
    this.#visitor.put(found.session)
    return found
  }

  #tell(type: Kind, fields: Fields, at = Date.now()): void {
    const permission = this.#permission()
    if (permission !== this.#permitted) this.#apply()
    if (permission === 'denied' || (permission === 'open' && this.#rule.before === 'drop')) return
    const session = this.#visitor.touch(Date.now())
    const { user } = this.#visitor
    const message: Message = {
      type,
      messageId: randomId(),
      originalTimestamp: new Date(at).toISOString(),
      anonymousId: this.#visitor.anonymous,
      ...(user === undefined ? {} : { userId: user }),
      ...fields,
      context: { ...(this.#shown?.context ?? { page: this.#pageOf(), ...campaign() }), sessionId: session.id, ...this.#consentContext() },
    }
    if (this.#running !== undefined) this.#keep(message)
    else if (this.#held.length < limits.HELD_CALLS_MAX) this.#held.push(message)
  }

  #keep(message: Message): void {
    const text = attempt(() => JSON.stringify(message))
    if (text === undefined || bytesOf(text) > limits.EVENT_BYTES_MAX) {
      this.#running?.queue.giveUp(new Set([message.messageId]))
      this.#world.warn(`an event is too large or no JSON: ${message['event'] ?? message.type}`)
      return
    }
    this.#running?.queue.add(message)
    this.#running?.sender.wake()
  }

  #consentContext(): Fields {
    const categories = consent.preferences(this.#choice(), this.#rule.category)
    return categories === undefined ? {} : { consent: { categoryPreferences: categories } }
  }

  #pageOf(): Fields {
    const also = this.#options.query ?? []
    return {
      path: safePath(),
      url: safeAddress(location.href, also),
      search: safeSearch(location.search, also),
      title: safeText(document.title, limits.TITLE_CHARS_MAX),
      ...(document.referrer === '' ? {} : { referrer: safeAddress(document.referrer) }),
    }
  }

  /** What all events of a request have in common. */
  #common(): Fields {
    return {
      library: { name: 'throughline/js', version: VERSION },
      locale: navigator.language,
      timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
      userAgent: navigator.userAgent,
      screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    }
  }
}

/** The same with the ids that stand in the place of others. */
function rename<T extends object>(fields: T, renamed: ReadonlyMap<unknown, string>): T {
  const found = ['anonymousId', 'previousId', 'sessionId'].flatMap((name) => {
    const id = renamed.get(Reflect.get(fields, name))
    return id === undefined ? [] : [[name, id]]
  })
  return { ...fields, ...Object.fromEntries(found) }
}

/** The path of the page without what may be personal. */
function safePath(): string {
  return masked(location.pathname)
}

/** What the address says of where the visit came from. */
function campaign(): Fields {
  const found = [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith('utm_'))
  if (found.length === 0) return {}
  return { campaign: Object.fromEntries(found.map(([name, value]) => [name === 'utm_campaign' ? 'name' : name.slice(4), masked(value)])) }
}

/** An address without its fragment, which only scrolls. */
function addressOf(address: string | undefined): string | undefined {
  return address?.split('#')[0]
}
