/** What the browser keeps for the site, or memory where it keeps nothing. */
export type Store = {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
  readonly remove: (name: string) => void
  readonly names: () => string[]
}

const PREFIX = 'tl.'

/** What a name is called in the storage of the page. */
export const keyOf = (name: string): string => PREFIX + name

/** Wraps the storage of a page. Private windows and full disks throw, and then memory serves as long as the page. */
export function openStore(storage: () => Storage | undefined): Store {
  const memory = new Map<string, string>()
  const kept = attempt(storage)
  const remove = (name: string) => attempt(() => kept?.removeItem(keyOf(name)))
  return {
    // What could not be stored is newer than what is stored.
    get: (name) => memory.get(name) ?? attempt(() => kept?.getItem(keyOf(name))) ?? undefined,
    set: (name, value) => {
      if (attempt(() => (kept?.setItem(keyOf(name), value), kept !== undefined)) === true) {
        memory.delete(name)
        return
      }
      memory.set(name, value)
      // The next page must not take the value before for the latest.
      remove(name)
    },
    remove: (name) => {
      memory.delete(name)
      remove(name)
    },
    names: () => {
      const found = attempt(() => Object.keys(kept ?? {}).filter((it) => it.startsWith(PREFIX))) ?? []
      return [...new Set([...found.map((it) => it.slice(PREFIX.length)), ...memory.keys()])]
    },
  }
}

/** The answer, or none where it throws. */
export function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

/** A stored value that was written as JSON. */
export function readJson(store: Store, name: string): unknown {
  const text = store.get(name)
  return text === undefined ? undefined : attempt(() => JSON.parse(text))
}
