import { TEXT_CHARS_MAX } from './limits.ts'

/** Names of a query whose values say where a visit came from, and nothing about the visitor. */
const TOLD = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'utm_id', 'gclid', 'fbclid', 'msclkid', 'dclid', 'ttclid', 'twclid', 'li_fat_id']

/** An address without what may be personal: of its query only what is told, and no fragment. */
export function safeAddress(address: string, also: readonly string[] = []): string {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return ''
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return url.protocol
  return url.origin + masked(url.pathname) + safeSearch(url.search, also)
}

export function safeSearch(search: string, also: readonly string[] = []): string {
  const told = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(search)) {
    if (TOLD.includes(name) || also.includes(name)) told.append(name, masked(value))
  }
  const text = told.toString()
  return text === '' ? '' : `?${text}`
}

/** A text without what looks like an address of mail or a long number. */
export function masked(text: string): string {
  return text.replace(/[^\s@/]+(?:@|%40)[^\s@/]+\.[^\s@/]+/gi, '•').replace(/\+?\d(?:[ ().-]?\d){6,}/g, '•')
}

/** Words of a page, short and masked. */
export function safeText(text: string, charsMax = TEXT_CHARS_MAX): string {
  const words = masked(text.replace(/\s+/g, ' ').trim())
  return words.length <= charsMax ? words : `${words.slice(0, charsMax - 1)}…`
}
