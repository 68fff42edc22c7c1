import { burst, inside, remember, type Spot } from './click.ts'
import { fingerprint, isField, isIgnored, meant, told } from './element.ts'
import * as limits from './limits.ts'
import type { Fields } from './message.ts'

/** Tells an event that happened at a moment of the page's clock. */
export type Tell = (event: string, properties: Fields, at: number) => void

/** Notes a search by its words; tells how long it comes after another, or that it was told already. */
export type Searched = (words: string, now: number) => { readonly again_ms?: number } | undefined

/** A click whose consequence is waited for. */
type Open = { readonly properties: Fields; readonly at: number; readonly timer: number }

/** What a click can lead to. */
type Reaction = 'change' | 'address' | 'leave' | 'scroll' | 'input'

/** Watches a page for what customers do with it. It tells which element, where and when, and never what was typed. */
export class Capture {
  #spots: readonly Spot[] = []
  #open: Open[] = []
  #lookTimer: number | undefined
  #dialogs = new Map<Element, { readonly fields: Fields; readonly at: number }>()
  /** Fields that the page shows as refused. */
  #shownInvalid: ReadonlySet<Element> = new Set()
  /** Fields that were told as refused, and have neither been changed nor sent since. */
  #toldInvalid = new Set<Element>()
  #answers = new WeakMap<Element, string>()
  #lastAct: { readonly by: string; readonly at: number } | undefined

  readonly #tell: Tell
  readonly #searched: Searched
  readonly #observer: MutationObserver

  constructor(tell: Tell, searched: Searched) {
    this.#tell = tell
    this.#searched = searched
    this.#observer = new MutationObserver(() => {
      this.#react('change')
      this.#lookSoon()
    })
  }

  start(): void {
    // Changes to what is loaded elsewhere on the page are changes too, so the whole of it is watched.
    this.#observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
    const options = { capture: true, passive: true } as const
    document.addEventListener('click', this.#clicked, options)
    document.addEventListener('submit', this.#submitted, options)
    document.addEventListener('change', this.#changed, options)
    document.addEventListener('invalid', this.#wasInvalid, options)
    document.addEventListener('keydown', this.#key, options)
    document.addEventListener('scroll', this.#scrolled, options)
    document.addEventListener('input', this.#typed, options)
    this.#lookSoon()
  }

  stop(): void {
    this.#observer.disconnect()
    const options = { capture: true } as const
    document.removeEventListener('click', this.#clicked, options)
    document.removeEventListener('submit', this.#submitted, options)
    document.removeEventListener('change', this.#changed, options)
    document.removeEventListener('invalid', this.#wasInvalid, options)
    document.removeEventListener('keydown', this.#key, options)
    document.removeEventListener('scroll', this.#scrolled, options)
    document.removeEventListener('input', this.#typed, options)
    clearTimeout(this.#lookTimer)
    for (const open of this.#open) clearTimeout(open.timer)
    this.#open = []
  }

  /** The address or the visitor is about to change, or the page goes: clicks until now belong to what was before. */
  moved(how: 'address' | 'change' | 'leave'): void {
    this.#react(how)
  }

  #clicked = (event: MouseEvent): void => {
    const target = elementOf(event)
    if (target === undefined || isIgnored(target)) return
    this.#act('click')
    const { element, isActive } = meant(target)
    const form = submitted(element)
    if (form !== null) this.#forgetInvalid(form)
    if (isForwarded(element)) return
    const at = Date.now()
    // A click that a key or a script makes has no place.
    const hasPlace = event.detail > 0 || event.clientX !== 0 || event.clientY !== 0
    const { fingerprint, boxes, isGroup } = told(element)
    const box = around(boxes)
    const real = { x: event.clientX, y: event.clientY }
    // The place within a group would say which of its members it was.
    const place = hasPlace && !isGroup ? real : { x: box.left + box.width / 2, y: box.top + box.height / 2 }
    const within = hasPlace ? burst(this.#spots, spotOf(real, at)) : {}
    if (hasPlace) this.#spots = remember(this.#spots, spotOf(real, at))
    const spot = spotOf(place, at)
    const part = inside(box, place.x, place.y)
    const properties = {
      element: { ...fingerprint, ...boxOf(box) },
      x: spot.x,
      y: spot.y,
      element_x: part.x,
      element_y: part.y,
      active: isActive,
      ...(Object.keys(within).length === 0 ? {} : { within }),
      ...sizes(),
    }
    const timer = window.setTimeout(() => this.#close(), limits.REACTION_WAIT_MS)
    this.#open.push({ properties, at, timer })
  }

  #submitted = (event: Event): void => {
    const form = elementOf(event)
    if (form === undefined || isIgnored(form)) return
    this.#act('submit')
    this.#forgetInvalid(form)
    const search = form.matches('[role=search]') || form.closest('[role=search],search') !== null || form.querySelector('input[type=search]') !== null
    this.#tell('form_submitted', { element: fingerprint(form), fields: form.querySelectorAll('input,select,textarea').length, search, ...sizes() }, Date.now())
  }

  #changed = (event: Event): void => {
    const field = elementOf(event)
    if (field === undefined || isIgnored(field) || !isField(field)) return
    const { element, fingerprint } = told(field)
    this.#toldInvalid.delete(element)
    this.#react('input')
    this.#tell('element_changed', { element: fingerprint, ...sizes() }, Date.now())
  }

  #wasInvalid = (event: Event): void => {
    const field = elementOf(event)
    if (field !== undefined) this.#failed(field, validityOf(field))
  }

  /** A page may check a field at each key, natively and by itself: that is one fault until somebody changes or sends it. */
  #failed(field: Element, fault: string): void {
    if (isIgnored(field)) return
    const { element, fingerprint: of } = told(field)
    if (this.#toldInvalid.has(element)) return
    this.#toldInvalid.add(element)
    const form = field.closest('form')
    this.#tell('form_error', { element: of, fault, ...(form === null ? {} : { form: fingerprint(form) }), ...sizes() }, Date.now())
  }

  #forgetInvalid(form: Element): void {
    for (const field of this.#toldInvalid) if (form.contains(field)) this.#toldInvalid.delete(field)
  }

  #act(by: string): void {
    this.#lastAct = { by, at: Date.now() }
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#act('escape')
  }

  #scrolled = (): void => this.#react('scroll')

  #typed = (): void => this.#react('input')

  /** The first thing that happens after a click is what came of it. */
  #react(reaction: Reaction): void {
    if (this.#open.length === 0) return
    const now = Date.now()
    for (const open of this.#open) {
      clearTimeout(open.timer)
      this.#tell('element_clicked', { ...open.properties, reaction, reaction_ms: now - open.at }, open.at)
    }
    this.#open = []
  }

  /** Nothing came of the oldest click. */
  #close(): void {
    const open = this.#open.shift()
    if (open !== undefined) this.#tell('element_clicked', { ...open.properties, reaction: 'none', waited_ms: limits.REACTION_WAIT_MS }, open.at)
  }

  #lookSoon(): void {
    this.#lookTimer ??= window.setTimeout(() => {
      this.#lookTimer = undefined
      this.#look()
    }, limits.LOOK_EVERY_MS)
  }

  #look(): void {
    this.#lookAtDialogs()
    const invalid = new Set(document.querySelectorAll('[aria-invalid="true"]'))
    for (const field of invalid) if (!this.#shownInvalid.has(field)) this.#failed(field, 'aria-invalid')
    this.#shownInvalid = invalid
    for (const field of this.#toldInvalid) if (!field.isConnected) this.#toldInvalid.delete(field)
    for (const element of document.querySelectorAll('[data-tl-results]')) this.#lookAtAnswer(element)
  }

  #lookAtDialogs(): void {
    const shown = new Set<Element>()
    for (const element of document.querySelectorAll('dialog[open],[role=dialog],[role=alertdialog],[data-tl-popup]')) {
      // A dialog within a dialog is the same one.
      if (element.getClientRects().length > 0 && element.parentElement?.closest('dialog[open],[role=dialog],[role=alertdialog],[data-tl-popup]') == null) shown.add(element)
    }
    const now = Date.now()
    for (const element of shown) {
      if (this.#dialogs.has(element) || isIgnored(element)) continue
      const popup = element.getAttribute('data-tl-popup')
      const fields = { element: { ...fingerprint(element), ...boxOf(element.getBoundingClientRect()) }, ...(popup === null || popup === '' ? {} : { popup }), ...sizes() }
      this.#dialogs.set(element, { fields, at: now })
      this.#tell('popup_shown', fields, now)
    }
    for (const [element, { fields, at }] of this.#dialogs) {
      if (shown.has(element)) continue
      this.#dialogs.delete(element)
      const act = this.#lastAct
      const by = act !== undefined && now - act.at <= limits.CAUSE_MS_MAX ? act.by : 'script'
      this.#tell('popup_dismissed', { ...fields, shown_ms: now - at, by }, now)
    }
  }

  /** Pages say how many results a search had; a search is told once until its answer changes. */
  #lookAtAnswer(element: Element): void {
    const results = element.getAttribute('data-tl-results') ?? ''
    const count = Number(results)
    const told = `${location.href} ${results}`
    if (results.trim() === '' || !Number.isFinite(count) || this.#answers.get(element) === told || isIgnored(element)) return
    this.#answers.set(element, told)
    const now = Date.now()
    const found = this.#searched(told, now)
    if (found !== undefined) this.#tell('search_answered', { results: count, ...found }, now)
  }
}

/** Sizes of page and window: a place on one can be compared with one on another only by them. */
export function sizes(): Fields {
  const root = document.documentElement
  return {
    page_width: Math.round(root.scrollWidth),
    page_height: Math.round(root.scrollHeight),
    viewport_width: Math.round(root.clientWidth || innerWidth),
    viewport_height: Math.round(innerHeight),
  }
}

function spotOf(place: { readonly x: number; readonly y: number }, at: number): Spot {
  return { x: Math.round(place.x + scrollX), y: Math.round(place.y + scrollY), at }
}

/** The form that a click on the control checks and sends. */
function submitted(element: Element): HTMLFormElement | null {
  const isSubmit = (element instanceof HTMLButtonElement || element instanceof HTMLInputElement) && (element.type === 'submit' || element.type === 'image')
  return isSubmit ? element.form : null
}

/** Whether the browser clicks another control for it, which is the click that is told. */
function isForwarded(element: Element): boolean {
  return element instanceof HTMLLabelElement && element.control !== null && !element.control.matches(':disabled')
}

/** The box around boxes. */
function around(boxes: readonly DOMRect[]): DOMRect {
  const shown = boxes.filter((it) => it.width > 0 || it.height > 0)
  const [left, top] = [Math.min(...shown.map((it) => it.left)), Math.min(...shown.map((it) => it.top))]
  if (shown.length === 0) return boxes[0] ?? new DOMRect()
  return new DOMRect(left, top, Math.max(...shown.map((it) => it.right)) - left, Math.max(...shown.map((it) => it.bottom)) - top)
}

function boxOf(box: DOMRect): { left: number; top: number; width: number; height: number } {
  return { left: Math.round(box.left + scrollX), top: Math.round(box.top + scrollY), width: Math.round(box.width), height: Math.round(box.height) }
}

/** The element that an event began at, also inside a component that hides its parts. */
function elementOf(event: Event): Element | undefined {
  const target = event.composedPath()[0] ?? event.target
  return target instanceof Element ? target : undefined
}

/** Which of a field's rules was broken. */
function validityOf(field: Element): string {
  if (!('validity' in field)) return 'invalid'
  const validity = field.validity as ValidityState
  const faults = ['valueMissing', 'typeMismatch', 'patternMismatch', 'tooLong', 'tooShort', 'rangeUnderflow', 'rangeOverflow', 'stepMismatch', 'badInput', 'customError'] as const
  return faults.find((fault) => validity[fault]) ?? 'invalid'
}
