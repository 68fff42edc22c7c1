/** What the browser keeps for the site, or memory where it keeps nothing. */
export type Store = {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
  readonly remove: (name: string) => void
  readonly names: () => string[]
}

const PREFIX = 'tl.'

/** Wraps the storage of a page. Private windows and full disks throw, and then memory serves as long as the page. */
export function openStore(storage: () => Storage | undefined): Store {
  const memory = new Map<string, string>()
  const kept = attempt(storage)
  return {
    get: (name) => attempt(() => kept?.getItem(PREFIX + name)) ?? memory.get(name),
    set: (name, value) => {
      if (attempt(() => (kept?.setItem(PREFIX + name, value), kept !== undefined)) !== true) memory.set(name, value)
    },
    remove: (name) => {
      attempt(() => kept?.removeItem(PREFIX + name))
      memory.delete(name)
    },
    names: () => {
      const found = attempt(() => Object.keys(kept ?? {}).filter((it) => it.startsWith(PREFIX))) ?? []
      return [...found.map((it) => it.slice(PREFIX.length)), ...memory.keys()]
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
