/** What goes over the wire: the dialect of Segment, in batches. */

export type Fields = { readonly [name: string]: unknown }

export type Kind = 'track' | 'page' | 'identify' | 'alias' | 'group'

/** One event as it is stored and sent. Its id makes sending it again harmless. */
export type Message = Fields & {
  readonly type: Kind
  readonly messageId: string
  readonly originalTimestamp: string
}

/** A text of 128 random bits, also where the page is not served securely. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The body of a request. The key is in it, so that no header makes the browser ask first. */
export function body(key: string, items: readonly string[], context: Fields, sentAt: number): string {
  const head = JSON.stringify({ writeKey: key, sentAt: new Date(sentAt).toISOString(), context })
  return `${head.slice(0, -1)},"batch":[${items.join(',')}]}`
}

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    // Both halves of a pair count two, which makes the four bytes of its character.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3
  }
  return bytes
}
