import { describe, expect, it } from 'vitest'
import type { TrackingPlan } from '../api/plan.ts'
import { breaksOf, changedEvent, foundEvents, planState, propertyOf, shownPath, wished, wishOf, withEvent, withoutEvent, withProperty, withProposal } from './plan.ts'

const plan: TrackingPlan = {
  mode: 'lock',
  other_events: 'refused',
  events: [{ event: 'ordered', other_properties: 'refused', properties: [{ property: 'properties.total', type: 'number', required: true }, { property: 'properties.shop' }] }],
}

describe('a tracking plan', () => {
  it('is none without events, whatever its mode', () => {
    expect(planState({ mode: 'lock', events: [] })).toBe('none')
    expect(planState({ events: [{ event: 'a' }] })).toBe('watch')
    expect(planState(plan)).toBe('lock')
  })

  it('takes what a proposal has besides, and leaves what is written', () => {
    const proposal: TrackingPlan = {
      mode: 'watch',
      other_events: 'allowed',
      events: [
        { event: 'viewed', properties: [{ property: 'properties.page' }] },
        {
          event: 'ordered',
          other_properties: 'allowed',
          properties: [
            { property: 'properties.total', type: 'text' },
            { property: 'properties.shop.city', type: 'text' },
            { property: 'properties.shopper', type: 'text' },
          ],
        },
      ],
    }
    const wider = withProposal(plan, proposal)
    expect(wider).toMatchObject({ mode: 'lock', other_events: 'refused' })
    expect(wider.events?.map((it) => it.event)).toEqual(['ordered', 'viewed'])
    // Within `shop`, which is listed, nothing else can be.
    expect(wider.events?.[0]).toMatchObject({ other_properties: 'refused', properties: [{ type: 'number' }, { property: 'properties.shop' }, { property: 'properties.shopper' }] })
    expect(withProposal(wider, proposal)).toEqual(wider)
  })

  it('is told without what asks for nothing, and lists values of texts only', () => {
    for (const property of plan.events?.[0]?.properties ?? []) expect(wished(property.property, wishOf(property))).toEqual(property)
    expect(wished('properties.pay', { type: 'number', required: false, values: ['card'] })).toEqual({ property: 'properties.pay', type: 'number' })
    expect(wished('properties.pay', { type: 'text', required: true, values: ['card'] })).toEqual({ property: 'properties.pay', type: 'text', required: true, values: ['card'] })
  })

  it('gains, loses and changes events and properties', () => {
    const two = withEvent(plan, 'viewed')
    expect(two.events?.map((it) => it.event)).toEqual(['viewed', 'ordered'])
    const next = withProperty({ event: 'viewed' }, propertyOf('page.path'))
    expect(changedEvent(two, next).events?.[0]).toEqual({ event: 'viewed', properties: [{ property: 'properties.page.path' }] })
    expect(withoutEvent(two, 'viewed')).toEqual(plan)
    expect([shownPath('properties.a.b'), propertyOf('properties.a'), propertyOf('a')]).toEqual(['a.b', 'properties.a', 'properties.a'])
  })

  it('is searched by events and by properties', () => {
    const two = withEvent(plan, 'Viewed')
    expect(foundEvents(two, 'view').map((it) => it.event)).toEqual(['Viewed'])
    expect(foundEvents(two, 'TOTAL').map((it) => it.event)).toEqual(['ordered'])
    // Where all properties are is part of none.
    expect(foundEvents(two, 'properties')).toEqual([])
    const violation = { breach: 'type_differs', event: 'ordered', property: 'properties.total', events: 3 } as const
    const tried = { faults: [], looked_at: 9, breaking: 3, violations: [violation] }
    expect([breaksOf(tried, 'ordered'), breaksOf(tried, 'viewed'), breaksOf(undefined, 'ordered')]).toEqual([[violation], [], []])
  })
})
