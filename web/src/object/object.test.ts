import { expect, test } from 'vitest'
import { stopsOf } from './object.ts'
import { readObjectSearch } from './object-search.ts'

const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`
const promise = (hour: number) => ({ standing: 'late' as const, promised: at(hour), promises_count: 1 })

test('the promised moment stands among the states', () => {
  const passages = [
    { state: 'placed', from: at(9), to: at(11) },
    { state: 'delivered', from: at(11), to: null },
  ]
  expect(stopsOf({ passages, promise: promise(10) }).map((it) => it.kind)).toEqual(['state', 'promise', 'state'])
  expect(stopsOf({ passages, promise: promise(11) }).map((it) => it.kind)).toEqual(['state', 'state', 'promise'])
  expect(stopsOf({ passages, promise: null })).toEqual([
    { kind: 'state', at: at(9), state: 'placed', ms: 7_200_000 },
    { kind: 'state', at: at(11), state: 'delivered', ms: null },
  ])
})

test('only what can be drawn is read from an address', () => {
  expect(readObjectSearch({ kind: 'order', standing: 'late', open: true, range: { last: '7d' }, q: 12 })).toEqual({ kind: 'order', standing: 'late', open: true, range: { last: '7d' }, q: '12' })
  expect(readObjectSearch({ standing: 'lost', open: 'yes', range: 'week', who: 3 })).toEqual({})
})
