import { ATTRIBUTE_CHARS_MAX, SELECTOR_CHARS_MAX } from './limits.ts'
import { masked, safeAddress, safeText } from './privacy.ts'

/** What can be clicked on purpose. */
const ACTIVE = 'a[href],button,input,select,textarea,summary,label,option,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=checkbox],[role=radio],[role=switch],[onclick],[data-tl-name]'
/** Whose words say what was chosen, which is what a field holds. */
const CHOICES = 'label,option,[role=option],[role=checkbox],[role=radio],[role=switch]'
const IGNORED = '[data-tl-ignore]'
/** Fields that a customer fills: what is in them is never looked at. */
const FIELDS = 'input,textarea,select,[contenteditable]:not([contenteditable="false"])'
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
  return element.closest(IGNORED) !== null
}

export function isField(element: Element): boolean {
  return element.matches(FIELDS)
}

/** The element that a click on something inside it is meant for. */
export function meant(element: Element): { readonly element: Element; readonly isActive: boolean } {
  const active = element.closest(ACTIVE)
  return { element: active ?? element, isActive: active !== null }
}

export function fingerprint(element: Element): Fingerprint {
  const found: Record<string, string> = { selector: selectorOf(element), tag: element.tagName.toLowerCase() }
  const text = textOf(element)
  if (text !== '') found['text'] = text
  for (const [attribute, name] of TOLD) {
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

/** Words of a control, which the site wrote. Those of anything else may be about the customer. */
function textOf(element: Element): string {
  if (!element.matches(ACTIVE) || element.matches(CHOICES) || isField(element)) return ''
  if (element.querySelector(`${FIELDS},${IGNORED}`) !== null || element.closest('[contenteditable]') !== null) return ''
  return safeText(element.textContent ?? '')
}

/** The shortest way down from something with a name of its own. */
export function selectorOf(element: Element): string {
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
    if (value !== null && value !== '') return `[${key}="${masked(value).replace(/["\\]/g, '\\$&')}"]`
  }
  const id = element.getAttribute('id')
  return id !== null && isStable(id) ? `#${id}` : undefined
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
