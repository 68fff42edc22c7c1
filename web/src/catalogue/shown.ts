import type { CatalogueEvent } from '../api/catalogue.ts'
import { never } from '../lib/never.ts'

/** Which events of the catalogue are looked at. */
export type Shown = 'all' | 'unused' | 'unsaid' | 'hidden'

/** Events of a sort whose name, meaning or owner holds a text. */
export function shownEvents(events: readonly CatalogueEvent[], shown: Shown, search: string): readonly CatalogueEvent[] {
  const wanted = search.trim().toLowerCase()
  const holds = (it: CatalogueEvent) => {
    const words = [it.name, it.note.meaning ?? '', it.note.owner ?? '', ...it.sent.map((sent) => sent.name)]
    return words.some((word) => word.toLowerCase().includes(wanted))
  }
  return events.filter((it) => isOf(it, shown) && holds(it))
}

function isOf(event: CatalogueEvent, shown: Shown): boolean {
  switch (shown) {
    case 'all':
      return true
    case 'unused':
      return event.unused
    case 'unsaid':
      return !event.system && (event.note.meaning ?? '') === ''
    case 'hidden':
      return event.hidden || event.blocked
    default:
      return never(shown)
  }
}
