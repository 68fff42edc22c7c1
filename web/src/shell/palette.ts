import { fold, hasWords } from '../lib/fold.ts'
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

/** Entries whose title or note has every word, the ones that begin with the first word ahead. */
export function findEntries(entries: readonly Entry[], search: string): readonly Entry[] {
  const first = fold(search).trim().split(/\s+/)[0] ?? ''
  if (first === '') return entries
  const found = entries.filter((entry) => hasWords(`${entry.title} ${entry.note ?? ''}`, search.trim()))
  const rank = (entry: Entry) => (fold(entry.title).startsWith(first) ? 0 : 1)
  const groups = [...new Set(found.map((entry) => entry.group))]
  return groups.flatMap((group) => found.filter((it) => it.group === group).sort((a, b) => rank(a) - rank(b)))
}
