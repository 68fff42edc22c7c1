import { expect, test } from 'vitest'
import type { Map } from '../api/map.ts'
import { edit, stepsOf } from './edit.ts'
import { moveTo, stepBy } from './use-step-drag.tsx'

const step = (id: string) => ({ id, title: id, matcher: {} })
const map: Map = {
  title: 'M',
  kind: 'current',
  goal: {},
  range: { last: '30d' },
  stages: [
    { id: 'one', title: 'One', steps: [step('a'), step('b')] },
    { id: 'two', title: 'Two', steps: [step('c'), step('d')] },
    { id: 'three', title: 'Three', steps: [] },
  ],
}

const drawn = (changed: Map) => changed.stages.map((it) => it.steps.map((inner) => inner.id).join('')).join('|')
const dropped = (id: string, index: number) => {
  const change = moveTo(map, id, index)
  return change === null ? null : drawn(edit(map, change))
}
const moved = (id: string, by: 1 | -1) => {
  const change = stepBy(map, id, by)
  return change === null ? null : drawn(edit(map, change))
}

test('a dropped step stands where the marker was', () => {
  expect(dropped('a', 2)).toBe('b|acd|')
  expect(dropped('a', 3)).toBe('b|cad|')
  expect(dropped('d', 0)).toBe('dab|c|')
  expect(dropped('a', 4)).toBe('b|cd|a')
  expect(dropped('a', 5)).toBe('b|cd|a')
  expect(dropped('b', 0)).toBe('ba|cd|')
})

test('dropping a step beside itself changes nothing', () => {
  expect([dropped('b', 1), dropped('b', 2), dropped('nobody', 1)]).toEqual([null, null, null])
  expect(stepsOf(map)).toHaveLength(4)
})

test('by one place a step walks through its stage and into the next', () => {
  expect([moved('a', 1), moved('b', 1), moved('c', -1), moved('d', 1)]).toEqual(['ba|cd|', 'a|bcd|', 'abc|d|', 'ab|c|d'])
  expect(moved('a', -1)).toBeNull()
})
