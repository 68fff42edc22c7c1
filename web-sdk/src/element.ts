import { ATTRIBUTE_CHARS_MAX, SELECTOR_CHARS_MAX } from './limits.ts'
import { masked, safeAddress, safeText } from './privacy.ts'

/** What a site offers to click; its words are the site's. */
const CONTROLS = 'a[href],button,input,select,textarea,summary,label,option,[role=button],[role=link],[role=tab],[role=menuitem],[role=menuitemradio],[role=option],[role=checkbox],[role=radio],[role=switch],[role=combobox]'
/** What can be clicked on purpose. Neither a name nor a listener makes a control of a container, so its words are not told. */
const ACTIVE = `${CONTROLS},[data-tl-name],[onclick]`
/** Within them words say what was chosen, which is what a field holds. */
const CHOICES = 'option,[role=option],[role=checkbox],[role=radio],[role=menuitemradio],[role=switch],[role=combobox],[aria-haspopup=listbox]'
/** One of several things to choose from: which one is what a field holds, so its group is told. */
const MEMBERS = 'option,[role=option],[role=radio],[role=menuitemradio]'
const GROUPS = 'select,[role=listbox],[role=radiogroup],[role=menu],fieldset'
const IGNORED = '[data-tl-ignore]'
/** What a customer writes in is the customer's, down to the links in it and their names. */
const EDITORS = '[contenteditable]:not([contenteditable="false" i])'
/** Fields that a customer fills: what is in them is never looked at. */
const FIELDS = `input,textarea,select,${EDITORS}`
/** Attributes that say which element it is, and what they are called in events. No other attribute is told. */
const TOLD = [
  ['id', 'id'],
  ['name', 'name'],
  ['type', 'type'],
  ['role', 'role'],
  ['aria-label', 'label'],
  ['title', 'title'],
  ['alt', 'alt'],
  ['data-testid', 'testid'],
  ['data-tl-name', 'named'],
] as const
/** Those that are words about an element, as what stands on it is. */
const WORDS: readonly string[] = ['label', 'title', 'alt']
/** Attributes that a site gives so that an element is found again. */
const KEYS = ['data-tl-name', 'data-testid', 'data-test', 'data-cy'] as const

/** Which element it was. */
export type Fingerprint = {
  /** Finds the same element again on another visit. */
  readonly selector: string
  readonly tag: string
  readonly text?: string
  readonly [attribute: string]: string | undefined
}

/** Whether nothing may be told about the element. */
export function isIgnored(element: Element): boolean {
  return closestAcross(element, IGNORED) !== null
}

/** The nearest around an element that is like this, also outside the component that it is hidden in. */
function closestAcross(element: Element, selector: string): Element | null {
  const found = element.closest(selector)
  if (found !== null) return found
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? closestAcross(root.host, selector) : null
}

function parentAcross(element: Element): Element | null {
  const root = element.getRootNode()
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null)
}

export function isField(element: Element): boolean {
  return element.matches(FIELDS)
}

/** The element that a click on something inside it is meant for. */
export function meant(element: Element): { readonly element: Element; readonly isActive: boolean } {
  const from = spoken(element)
  const active = closestAcross(from, ACTIVE)
  return { element: active ?? from, isActive: active !== null }
}

/** The element, or the editor that it was written in. */
function spoken(element: Element): Element {
  const editor = closestAcross(element, EDITORS)
  if (editor === null) return element
  const around = parentAcross(editor)
  return around === null || closestAcross(around, EDITORS) === null ? editor : spoken(around)
}

/** An element as events tell it. */
export type Told = {
  /** The same one for all members of a group. */
  readonly element: Element
  readonly isGroup: boolean
  readonly fingerprint: Fingerprint
  /** What it takes of the window. */
  readonly boxes: readonly DOMRect[]
}

/** What may be told of an element: itself, or the group that it is a choice of. */
export function told(target: Element): Told {
  const element = spoken(target)
  const alike = element.matches('input[type=radio],input[type=checkbox]') ? sameName(element) : []
  const first = alike[0]
  if (first !== undefined && (alike.length > 1 || element.matches('[type=radio]'))) {
    return { element: first, isGroup: true, fingerprint: groupPrint(first, selectorOfName(first)), boxes: alike.map((it) => it.getBoundingClientRect()) }
  }
  const member = closestAcross(element, `${MEMBERS},input[type=radio]`)
  if (member === null) return { element, isGroup: false, fingerprint: fingerprint(element), boxes: [element.getBoundingClientRect()] }
  const group = closestAcross(member, GROUPS) ?? closestAcross(member, 'form,body') ?? member
  return { element: group, isGroup: true, fingerprint: groupPrint(group, selectorOf(group)), boxes: [group.getBoundingClientRect()] }
}

/** Fields of the same kind and name, of which one or some are chosen. */
function sameName(field: Element): readonly Element[] {
  const name = field.getAttribute('name')
  if (name === null || name === '') return []
  const around = field.closest('form') ?? (field.getRootNode() as Document | ShadowRoot)
  return Array.from(around.querySelectorAll('input')).filter((it) => it.getAttribute('name') === name && it.type === field.getAttribute('type')?.toLowerCase())
}

/** A group without what may be about one of its members, like an id, a label or a title. */
function groupPrint(group: Element, selector: string): Fingerprint {
  const found: Record<string, string> = { selector, tag: group.tagName.toLowerCase() }
  for (const attribute of ['name', 'type', 'role']) {
    const value = group.getAttribute(attribute)
    if (value !== null && value !== '') found[attribute] = masked(value).slice(0, ATTRIBUTE_CHARS_MAX)
  }
  return found as Fingerprint
}

/** Finds all fields of a name. */
function selectorOfName(field: Element): string {
  const form = field.closest('form')
  const fields = `input[name="${quoted(masked(field.getAttribute('name') ?? ''))}"]`
  return (form === null ? fields : `${selectorOf(form)} ${fields}`).slice(-SELECTOR_CHARS_MAX)
}

export function fingerprint(target: Element): Fingerprint {
  const element = spoken(target)
  const isSilent = hidesWords(element)
  const found: Record<string, string> = { selector: selectorOf(element), tag: element.tagName.toLowerCase() }
  const text = isSilent ? '' : textOf(element)
  if (text !== '') found['text'] = text
  for (const [attribute, name] of TOLD) {
    if (isSilent && WORDS.includes(name)) continue
    const value = element.getAttribute(attribute)
    if (value !== null && value !== '') found[name] = masked(value).slice(0, ATTRIBUTE_CHARS_MAX)
  }
  const href = element.getAttribute('href')
  if (href !== null) found['href'] = addressOf(element, href)
  return found as Fingerprint
}

function addressOf(element: Element, href: string): string {
  const whole = 'href' in element && typeof element.href === 'string' ? element.href : href
  return safeAddress(whole).slice(0, ATTRIBUTE_CHARS_MAX)
}

/** Whether words on or about the element would say what was chosen, written or is to be ignored. */
function hidesWords(element: Element): boolean {
  if (closestAcross(element, CHOICES) !== null) return true
  return element.matches(CONTROLS) && element.querySelector(`${FIELDS},${IGNORED}`) !== null
}

/** Words of a control, which the site wrote. Those of anything else may be about the customer. */
function textOf(element: Element): string {
  const isSpoken = element.matches(CONTROLS) && !element.matches('label') && !isField(element)
  return isSpoken ? safeText(element.textContent ?? '') : ''
}

/** The shortest way down from something with a name of its own. */
function selectorOf(element: Element): string {
  const steps: string[] = []
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const name = ownName(at)
    steps.unshift(name ?? step(at))
    if (name !== undefined || at.tagName === 'BODY' || at.tagName === 'HTML') break
    if (steps.join(' > ').length > SELECTOR_CHARS_MAX) break
  }
  return steps.join(' > ').slice(-SELECTOR_CHARS_MAX)
}

function ownName(element: Element): string | undefined {
  for (const key of KEYS) {
    const value = element.getAttribute(key)
    if (value !== null && value !== '') return `[${key}="${quoted(masked(value))}"]`
  }
  const id = element.getAttribute('id')
  return id !== null && isStable(id) ? `#${id}` : undefined
}

function quoted(value: string): string {
  return value.replace(/["\\]/g, '\\$&')
}

function step(element: Element): string {
  const tag = element.tagName.toLowerCase()
  if (tag === 'body' || tag === 'html') return tag
  const field = element.getAttribute('name')
  if (field !== null && isStable(field)) return `${tag}[name="${field}"]`
  const like = Array.from(element.parentElement?.children ?? []).filter((it) => it.tagName === element.tagName)
  return like.length < 2 ? tag : `${tag}:nth-of-type(${like.indexOf(element) + 1})`
}

/** False for names that a machine makes anew with each build or page. */
export function isStable(name: string): boolean {
  return /^[a-z][\w-]{0,60}$/i.test(name) && !/\d{3}|[0-9a-f]{8}|^(?:radix|mantine|react|ember|headlessui|mui|:r)[-_:]/i.test(name)
}
