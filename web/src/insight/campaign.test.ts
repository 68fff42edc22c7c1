import { expect, test } from 'vitest'
import type { AttributionAnswer } from '../api/attribution.ts'
import { type CampaignAsk, campaignRows, fieldsOfCampaigns, partsOf, phasesOf, purchaseIn, returnOf, sumOf, touchOf, usualPart } from './campaign.ts'
import { readCampaignSearch } from './campaign-search.ts'

const ask: CampaignAsk = { range: { last: '30d' }, by: 'context.campaign.name', goal: { events: ['buy'] } }
const passes = (times: number, profiles: number) => ({ times, profiles })
const credit = (conversions: number, value: number) => ({ conversions, value, share: 0 })
const paid = (amount: number) => ({ amount, impressions: 0, clicks: 0 })
const line = (name: string, reach: number, conversions: number) => ({
  label: { value: name },
  touches: passes(reach * 2, reach),
  on_path: passes(conversions, conversions),
  assisted: passes(0, 0),
  credit: [credit(conversions, conversions * 10)],
  cost: null,
})

const answer: AttributionAnswer = {
  models: ['last'],
  skipped: [],
  lines: [line('spring', 10, 2), { ...line('autumn', 20, 1), cost: paid(8) }, { ...line('', 0, 0), label: 'not_set' }],
  sums: [credit(3, 30)],
  total: { passes: passes(4, 4), value: 40 },
  untouched: { passes: passes(1, 1), value: 10 },
  unconverted: passes(0, 0),
  paths: 2,
  unvalued: 0,
  cut: 0,
  cost: { currency: 'EUR', paid: paid(20), first_day: null, last_day: null, by: 'campaign', without_touch: [{ label: { value: 'winter' }, paid: paid(12) }], is_narrowed: false },
}

const point = (from: string, entered: number, converted: number) => ({
  from,
  to: from,
  is_partial: false,
  steps: [entered, converted],
  profiles: [entered, converted],
  converted: { units: converted, profiles: converted },
  missed: { units: entered - converted, profiles: entered - converted },
  immature: { units: 0, profiles: 0 },
})

test('an event of the goal reaches nobody', () => {
  const rule = { all: [{ where: { field: 'context.campaign.name', test: { is: ['7', 7] } } }, { not: { all: [{ where: { field: 'event', test: { is: ['buy'] } } }] } }] }
  expect(touchOf(ask, '7')).toEqual({ rule })
})

test('campaigns of costs stand beside those of events, and no cost is lost', () => {
  const rows = campaignRows(answer, undefined, undefined)
  expect(rows.map((it) => it.name)).toEqual(['autumn', 'spring', 'winter'])
  expect(rows.reduce((sum, it) => sum + (it.paid?.amount ?? 0), 0)).toBe(answer.cost?.paid.amount)
})

test('days are those with an event', () => {
  const days = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z']
  const counts = {
    points: days.map((from) => ({ from, to: from, is_partial: false })),
    total: { events: 3, profiles: 3 },
    series: [{ name: { name: 'touch' }, label: { value: 'spring' }, total: { events: 3, profiles: 3 }, points: [0, 2, 1].map((events) => ({ events, profiles: events })) }],
  }
  const [, spring] = campaignRows(answer, undefined, counts)
  expect([spring?.first, spring?.last]).toEqual(days.slice(1))
})

test('costs lie in the phase of their day, and all phases have all of them', () => {
  const trend = [point('2026-03-02T00:00:00Z', 10, 2), point('2026-03-09T00:00:00Z', 5, 1)]
  const cost = (day: string, amount: string) => ({ day, amount, channel: 'ads' as const, source: '', campaign: 'spring', impressions: 0, clicks: 0, records: 1 })
  const phases = phasesOf({ trend }, undefined, [cost('2026-03-08', '1.5'), cost('2026-03-09', '2'), cost('2026-03-30', '4')], (time) => time.slice(0, 10))
  expect(phases.map((it) => it.cost)).toEqual([1.5, 6])
  expect(phases.map((it) => [it.reached, it.converted])).toEqual([
    [10, 2],
    [5, 1],
  ])
})

test('parts add up to the whole', () => {
  const lines = [
    { label: { value: 'north' }, steps: [6, 2] },
    { label: 'not_set' as const, steps: [4, 1] },
  ]
  const parts = partsOf({ lines }, { lines: [{ ...line('north', 3, 2) }, { ...line('south', 1, 1) }] })
  expect(parts.map((it) => [it.reached, it.conversions])).toEqual([
    [6, 2],
    [4, 0],
    [0, 1],
  ])
  expect(sumOf(parts)).toEqual({ reached: 10, converted: 3, conversions: 3, worth: 30 })
})

test('an order is known by its name', () => {
  expect(purchaseIn(['page_viewed', 'order_canceled', 'order_placed'])).toBe('order_placed')
  expect(purchaseIn(['page_viewed', 'order_viewed'])).toBeNull()
})

test('regions come first where something is called like one', () => {
  expect(usualPart(['properties.region', 'context.geo.country'], ['city'])).toBe('context.geo.country')
  expect(usualPart(['properties.region', 'properties.state_of_mind'], ['city'])).toBe('trait:city')
  expect(usualPart(['properties.region'], [])).toBe('properties.region')
  expect(usualPart([], [])).toBe('touchpoint')
})

test('what cost nothing has no return', () => {
  expect(returnOf(30, 20)).toBe(0.5)
  expect(returnOf(30, 0)).toBeNull()
})

test('the usual field comes first, and an address that is no question is passed over', () => {
  expect(fieldsOfCampaigns(['properties.campaign', 'context.campaign.name'])[0]).toBe('context.campaign.name')
  expect(fieldsOfCampaigns([])).toEqual(['context.campaign.name'])
  expect(readCampaignSearch({ ask, part: 'properties.region' })).toEqual({ ask, part: 'properties.region' })
  expect(readCampaignSearch({ ask: { ...ask, goal: 'buy' } })).toEqual({})
})
