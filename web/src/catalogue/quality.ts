import type { Funnel } from '../api/funnel.ts'
import type { BotReason, DataQuality } from '../api/quality.ts'
import { shareOf } from '../lib/share.ts'
import { withoutBots } from '../report/bots.ts'

/** Events of all sources that were expected in gaps and did not come, beside those that did. */
export function missingShare(quality: DataQuality): number | null {
  const missing = quality.sources.reduce((sum, it) => sum + it.missing, 0)
  return shareOf(missing, missing + quality.bots.all.events)
}

/** Events that came late or stamped ahead, of those looked at. */
export function arrivalShares(quality: DataQuality): { readonly late: number | null; readonly ahead: number | null } {
  const sum = (of: 'late' | 'ahead' | 'events') => quality.arrivals.reduce((all, it) => all + it[of], 0)
  return { late: shareOf(sum('late'), sum('events')), ahead: shareOf(sum('ahead'), sum('events')) }
}

/** Of all that sources have sent at any time. */
export function duplicateShare(quality: DataQuality): number | null {
  const duplicate = quality.sources.reduce((all, it) => all + it.duplicate, 0)
  const sent = quality.sources.reduce((all, it) => all + it.stored + it.duplicate + it.quarantined + it.faulty, 0)
  return shareOf(duplicate, sent)
}

export const botReasons = ['declared', 'headless', 'library', 'rate'] as const satisfies readonly BotReason[]

type Kinded = { readonly kind?: 'funnel' } & Funnel

/** A saved funnel without bots, else one without steps. */
export function funnelWithoutBots(saved: Kinded | null, zone: string): Funnel {
  const start: Kinded = saved ?? { range: { last: '30d', zone }, steps: [] }
  const { kind: _, ...funnel } = start
  return { ...funnel, filter: { rule: withoutBots(funnel.filter?.rule), when: funnel.filter?.when ?? 'before' } }
}
