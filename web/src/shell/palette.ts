import type { IconName } from '../ui/icon.tsx'

/** One thing that the palette can do. */
export type Entry = {
  readonly key: string
  readonly group: string
  readonly title: string
  readonly note?: string
  readonly icon: IconName
  readonly run: () => void
}

/** Full-width letters and case do not matter in a search. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Entries whose title or note has every word, the ones that begin with the first word ahead. */
export function findEntries(entries: readonly Entry[], search: string): readonly Entry[] {
  const words = fold(search).split(/\s+/).filter(Boolean)
  const first = words[0]
  if (first === undefined) return entries
  const found = entries.filter((entry) => {
    const text = fold(`${entry.title} ${entry.note ?? ''}`)
    return words.every((word) => text.includes(word))
  })
  const rank = (entry: Entry) => (fold(entry.title).startsWith(first) ? 0 : 1)
  const groups = [...new Set(found.map((entry) => entry.group))]
  return groups.flatMap((group) => found.filter((it) => it.group === group).sort((a, b) => rank(a) - rank(b)))
}
