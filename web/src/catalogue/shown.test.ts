import { expect, it } from 'vitest'
import type { CatalogueEvent } from '../api/catalogue.ts'
import { shownEvents } from './shown.ts'

const event = (name: string, more: Partial<CatalogueEvent> = {}): CatalogueEvent => ({
  name,
  events: 1,
  profiles: 1,
  first: '',
  last: '',
  channel: 'web',
  touchpoint: null,
  stage: null,
  system: false,
  hidden: false,
  blocked: false,
  sent: [{ name, events: 1, first: '', last: '' }],
  note: {},
  uses: 0,
  unused: false,
  ...more,
})

it('finds events by what they were sent as and what people say of them', () => {
  const events = [event('order', { sent: [{ name: 'Order Done', events: 1, first: '', last: '' }] }), event('view', { note: { meaning: 'A page', owner: 'Web' } })]
  const found = (search: string) => shownEvents(events, 'all', search).map((it) => it.name)
  expect([found('done'), found('a page'), found('WEB'), found('x')]).toEqual([['order'], ['view'], ['view'], []])
})

it('tells events of a sort apart', () => {
  const events = [event('a', { unused: true }), event('b', { blocked: true, note: { meaning: 'B' } }), event('$c', { system: true })]
  expect(shownEvents(events, 'unused', '').map((it) => it.name)).toEqual(['a'])
  expect(shownEvents(events, 'hidden', '').map((it) => it.name)).toEqual(['b'])
  expect(shownEvents(events, 'unsaid', '').map((it) => it.name)).toEqual(['a'])
})
