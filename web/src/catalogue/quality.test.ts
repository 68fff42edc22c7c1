import { expect, it } from 'vitest'
import type { Funnel } from '../api/funnel.ts'
import type { DataQuality } from '../api/quality.ts'
import { noBots } from '../report/bots.ts'
import { arrivalShares, duplicateShare, funnelWithoutBots, missingShare } from './quality.ts'

const counts = { events: 0, profiles: 0, goals: 0 }
const empty: DataQuality = {
  from: '',
  to: '',
  gaps: [],
  sources: [],
  looked_at: 0,
  arrivals: [],
  out_of_order: { profiles: 0, events: 0, disordered: 0 },
  bots: { by_reason: {}, suspects: counts, all: counts },
  goal: null,
  unrated: { events: 0, currencies: [], events_unlisted: 0 },
  quarantined: [],
}

it('tells no share of nothing', () => {
  expect([missingShare(empty), duplicateShare(empty), arrivalShares(empty)]).toEqual([null, null, { late: null, ahead: null }])
})

it('adds what all sources lack and repeat', () => {
  const source = { source: 1, events: 60, hours_judged: 9, missing: 40, stored: 60, duplicate: 20, quarantined: 20, faulty: 0 }
  const arrival = { library: null, source: 1, events: 10, late: 2, ahead: 1, delay_ms_median: 1, delay_ms_p95: 2 }
  const quality: DataQuality = { ...empty, sources: [source], arrivals: [arrival], bots: { ...empty.bots, all: { events: 60, profiles: 3, goals: 0 } } }
  expect([missingShare(quality), duplicateShare(quality), arrivalShares(quality)]).toEqual([0.4, 0.2, { late: 0.2, ahead: 0.1 }])
})

it('leaves bots out of the saved funnel beside what it asks already, else of a new one', () => {
  const funnel: Funnel = { range: { last: '7d' }, steps: [{ name: 'Buy', matcher: { events: ['bought'] } }] }
  const paid = { where: { field: 'properties.paid', test: { is: [true] } } }
  expect(funnelWithoutBots(null, 'Asia/Taipei')).toEqual({ range: { last: '30d', zone: 'Asia/Taipei' }, steps: [], filter: { rule: noBots, when: 'before' } })
  expect(funnelWithoutBots({ kind: 'funnel', ...funnel }, 'UTC')).toEqual({ ...funnel, filter: { rule: noBots, when: 'before' } })
  expect(funnelWithoutBots({ kind: 'funnel', ...funnel, filter: { rule: paid, when: 'after' } }, 'UTC').filter).toEqual({ rule: { all: [paid, noBots] }, when: 'after' })
})
