import { expect, test } from 'vitest'
import type { ObjectKind } from '../api/object.ts'
import { edited } from './kinds.ts'

const order: ObjectKind = {
  id: 'order',
  name: 'Orders',
  keys: ['properties.order_id'],
  states: [
    { id: 'placed', name: 'Placed', entry: { events: ['a'] } },
    { id: 'paid', name: 'Paid', entry: { events: ['b'] } },
  ],
}
const parcel: ObjectKind = { id: 'parcel', name: 'Parcels', keys: [], states: [], belongs_to: ['order'] }

test('a kind that goes is belonged to by none', () => {
  expect(edited([order, parcel], { kind: 'remove', at: 0 })).toEqual([{ ...parcel, belongs_to: [] }])
})

test('names make ids that nobody has', () => {
  const ids = (name: string) => edited([order], { kind: 'add', name }).map((it) => it.id)
  expect(ids('Order')).toEqual(['order', 'order_2'])
  expect(ids('订单')).toEqual(['order', 'entry_1'])
})

test('states keep their order but for the one that is moved', () => {
  const [moved] = edited([order], { kind: 'moveState', at: 0, state: 0, to: 1 })
  expect(moved?.states.map((it) => it.id)).toEqual(['paid', 'placed'])
  const [changed] = edited([order], { kind: 'state', at: 0, state: 1, change: { ends: true } })
  expect(changed?.states.map((it) => it.ends)).toEqual([undefined, true])
})
