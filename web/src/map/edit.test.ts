import { expect, test } from 'vitest'
import type { Map } from '../api/map.ts'
import { type Edit, edit, freshId, lanesOf, placeFor, stepsOf } from './edit.ts'

const step = (id: string) => ({ id, title: id.toUpperCase(), matcher: { events: [id] } })
const map: Map = {
  title: 'Checkout',
  kind: 'current',
  goal: { events: ['purchase'] },
  range: { last: '30d', zone: 'UTC' },
  stages: [
    { id: 'one', title: 'One', steps: [step('a'), step('b')] },
    { id: 'two', title: 'Two', steps: [step('c')] },
    { id: 'three', title: 'Three', steps: [] },
  ],
  lanes: [{ kind: 'people' }, { kind: 'doing', cells: { a: 'Looks', c: 'Pays' } }],
}

const drawn = (changed: Map) => changed.stages.map((it) => `${it.id}: ${it.steps.map((inner) => inner.id).join(' ')}`.trim())
const after = (change: Edit) => drawn(edit(map, change))

test('a step moves within its stage and into another', () => {
  expect(after({ kind: 'move_step', step: 'a', stage: 'one', index: 1 })).toEqual(['one: b a', 'two: c', 'three:'])
  expect(after({ kind: 'move_step', step: 'a', stage: 'two', index: 0 })).toEqual(['one: b', 'two: a c', 'three:'])
  expect(after({ kind: 'move_step', step: 'b', stage: 'three', index: 9 })).toEqual(['one: a', 'two: c', 'three: b'])
})

test('moving a step to where it is changes nothing', () => {
  expect(edit(map, { kind: 'move_step', step: 'b', stage: 'one', index: 1 })).toBe(map)
  expect(edit(map, { kind: 'move_step', step: 'b', stage: 'nowhere', index: 0 })).toBe(map)
  expect(edit(map, { kind: 'rename_step', step: 'b', title: ' B ' })).toBe(map)
})

test('a deleted step takes its written cells along', () => {
  const changed = edit(map, { kind: 'delete_step', step: 'a' })
  expect(drawn(changed)).toEqual(['one: b', 'two: c', 'three:'])
  expect(changed.lanes?.[1]?.cells).toEqual({ c: 'Pays' })
})

test('the steps of a deleted stage go to its neighbor', () => {
  expect(after({ kind: 'delete_stage', stage: 'two' })).toEqual(['one: a b c', 'three:'])
  expect(after({ kind: 'delete_stage', stage: 'one' })).toEqual(['two: a b c', 'three:'])
})

test('the last stage stays', () => {
  const single = { ...map, stages: map.stages.slice(0, 1) }
  expect(edit(single, { kind: 'delete_stage', stage: 'one' })).toBe(single)
})

test('a stage moves with its steps', () => {
  expect(after({ kind: 'move_stage', stage: 'one', index: 1 })).toEqual(['two: c', 'one: a b', 'three:'])
})

test('an added step gets an id of its own', () => {
  const changed = edit(map, { kind: 'add_step', stage: 'two', index: 1, title: 'A', matcher: { events: ['x'] } })
  expect(drawn(changed)).toEqual(['one: a b', 'two: c a-2', 'three:'])
  expect(freshId('付款失败', ['step-1'])).toBe('step-2')
  expect(freshId('Café « crème »', [])).toBe('cafe-creme')
})

test('a cell is written, and emptied cells leave no trace', () => {
  const written = edit(map, { kind: 'write_cell', lane: 'doing', step: 'b', text: ' Waits ' })
  expect(written.lanes?.[1]?.cells).toEqual({ a: 'Looks', b: 'Waits', c: 'Pays' })
  const emptied = edit(written, { kind: 'write_cell', lane: 'doing', step: 'a', text: '' })
  expect(emptied.lanes?.[1]?.cells).toEqual({ b: 'Waits', c: 'Pays' })
})

test('measured cells cannot be written', () => {
  expect(edit(map, { kind: 'write_cell', lane: 'people', step: 'a', text: '12' })).toBe(map)
})

test('a map that names no lane shows what is measured, and keeps it when one is added', () => {
  const bare = { ...map, lanes: [] }
  expect(lanesOf(bare).map((it) => it.kind)).toEqual(['people', 'time', 'exits', 'channels'])
  const more = edit(bare, { kind: 'show_lane', lane: 'thinking' })
  expect(more.lanes?.map((it) => it.kind)).toEqual(['people', 'time', 'exits', 'channels', 'thinking'])
})

test('steps are listed in drawing order', () => {
  expect(stepsOf(map).map((it) => it.id)).toEqual(['a', 'b', 'c'])
})

test('a step that mostly happens after another is put right behind it', () => {
  expect(placeFor(map, 'a')).toEqual({ stage: 'one', index: 1 })
  expect(placeFor(map, null)).toEqual({ stage: 'three', index: 0 })
  expect(placeFor(map, 'gone')).toEqual({ stage: 'three', index: 0 })
})
