import { expect, test } from 'vitest'
import type { ObjectKind } from '../api/object.ts'
import { objectsOf } from './event-objects.ts'

const order: ObjectKind = { id: 'order', name: 'Orders', keys: ['properties.order.id', 'properties.order_id'], states: [] }
const ticket: ObjectKind = { id: 'ticket', name: 'Tickets', keys: ['context.ticket'], states: [] }

test('an event is of the objects whose ids it carries, the first field that holds one deciding', () => {
  const of = (properties: unknown, context: unknown = {}) => objectsOf({ properties, context }, [order, ticket])
  expect(of({ order_id: 7 })).toEqual([{ kind: 'order', id: '7' }])
  expect(of({ order: { id: ' A ' }, order_id: 7 }, { ticket: 't' })).toEqual([
    { kind: 'order', id: 'A' },
    { kind: 'ticket', id: 't' },
  ])
  expect(of({ order: { id: '' }, order_id: '8' })).toEqual([{ kind: 'order', id: '8' }])
  expect(of({ order: 'A', order_id: true })).toEqual([])
})
