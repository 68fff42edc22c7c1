import { expect, test } from 'vitest'
import type { JoinPreview, JoinSide } from '../api/identity.ts'
import { differs, traitRows } from './join.ts'

const time = '2026-01-01T00:00:00Z'

function side(id: number, traits: Readonly<Record<string, unknown>>): JoinSide {
  return {
    profile: { id, label: `#${id}`, known: false, first: time, last: time, events_count: 1, channels: [] },
    identifier: { kind: 'anonymous', value: `a${id}` },
    identifiers: [],
    identifiers_count: 0,
    traits: Object.entries(traits).map(([name, value]) => ({ name, value: value as Record<string, never>, time, source: 1, operations_count: 0 })),
  }
}

test('traits on which two profiles do not agree come first, with what stays', () => {
  const preview: JoinPreview = { left: side(1, { city: 'Oslo', plan: 'pro', age: 7 }), right: side(2, { plan: 'free', city: 'Oslo', vip: true }), parted: 0, together: side(1, { city: 'Oslo', plan: 'free', age: 7, vip: true }) }
  const rows = traitRows(preview)
  expect(rows.map((it) => [it.name, it.left, it.right, it.together])).toEqual([
    ['plan', 'pro', 'free', 'free'],
    ['age', '7', undefined, '7'],
    ['city', 'Oslo', 'Oslo', 'Oslo'],
    ['vip', undefined, 'true', 'true'],
  ])
  expect(rows.map(differs)).toEqual([true, false, false, false])
})

test('nothing stays where two profiles cannot be one', () => {
  const rows = traitRows({ left: side(1, { a: 1 }), right: side(2, {}), conflict: 'both_known', parted: 0 })
  expect(rows).toEqual([{ name: 'a', left: '1', right: undefined, together: undefined }])
})
