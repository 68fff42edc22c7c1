import { expect, test } from 'vitest'
import type { Mapping } from '../api/import.ts'
import { columnParts, partOf, propertyColumns, toggleIgnored, withPart, withTime } from './mapping.ts'

const empty: Mapping = { format: 'csv' }

test('a part reads as it was set', () => {
  for (const part of columnParts) {
    const set = withPart(empty, part, { kind: 'column', column: 'a' })
    expect(partOf(set, part)).toEqual({ kind: 'column', column: 'a' })
    expect(partOf(withPart(set, part, { kind: 'none' }), part)).toEqual({ kind: 'none' })
  }
  const constant = withPart(empty, 'event', { kind: 'constant', constant: 'order' })
  expect(partOf(constant, 'event')).toEqual({ kind: 'constant', constant: 'order' })
})

test('the form of the time stays when its column changes', () => {
  const mapping: Mapping = { format: 'csv', time: { column: 'a', format: 'seconds', zone: 'Asia/Shanghai' } }
  expect(withPart(mapping, 'time', { kind: 'column', column: 'b' }).time).toEqual({ column: 'b', format: 'seconds', zone: 'Asia/Shanghai' })
})

test('columns that nothing uses become properties until they are left out', () => {
  const mapping = withPart(empty, 'user', { kind: 'column', column: 'who' })
  expect(propertyColumns(mapping, ['who', 'price', 'note'])).toEqual(['price', 'note'])
  const without = toggleIgnored(mapping, 'note')
  expect(without.properties?.ignore).toEqual(['note'])
  expect(toggleIgnored(without, 'note').properties?.ignore).toEqual([])
})

test('an empty form of the time is the usual one', () => {
  const mapping: Mapping = { format: 'csv', time: { column: 'a', format: 'seconds' } }
  expect(withTime(mapping, { format: '' }).time).toEqual({ column: 'a' })
  expect(withTime(mapping, { zone: 'Asia/Tokyo' }).time).toEqual({ column: 'a', format: 'seconds', zone: 'Asia/Tokyo' })
  expect(withTime(empty, { zone: 'Asia/Tokyo' })).toEqual(empty)
})
