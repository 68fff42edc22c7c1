import { expect, test } from 'vitest'
import { openStore } from './store.ts'

/** What a browser keeps, until it is full. */
function disk() {
  const kept: Record<string, string> = {}
  let isFull = false
  const own = {
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, value: string) => {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      kept[name] = value
    },
    removeItem: (name: string) => void delete kept[name],
  }
  // Names of a real storage are its own keys.
  const storage = new Proxy(own, {
    ownKeys: () => Object.keys(kept),
    getOwnPropertyDescriptor: (_, name) => (name in kept ? { value: kept[String(name)], enumerable: true, configurable: true, writable: true } : undefined),
  }) as unknown as Storage
  return { kept, storage, fill: (full: boolean) => (isFull = full) }
}

test('what a full disk did not take is newer than what it holds', () => {
  const { kept, storage, fill } = disk()
  const store = openStore(() => storage)
  store.set('session', 'old')
  fill(true)
  store.set('session', 'new')
  store.set('other', 'x')
  expect(store.get('session')).toBe('new')
  expect(kept).toEqual({})
  expect(store.names()).toEqual(['session', 'other'])
  fill(false)
  store.set('session', 'newest')
  expect([store.get('session'), kept['tl.session']]).toEqual(['newest', 'newest'])
  expect(store.names()).toEqual(['session', 'other'])
  store.remove('session')
  expect(store.get('session')).toBeUndefined()
})

test('a browser that keeps nothing leaves memory', () => {
  const store = openStore(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  store.set('a', '1')
  expect([store.get('a'), store.names()]).toEqual(['1', ['a']])
})
