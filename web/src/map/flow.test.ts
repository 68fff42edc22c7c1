import { expect, test } from 'vitest'
import type { Map, TransitionNumbers } from '../api/map.ts'
import { transition } from './fixture.ts'
import { drawnWays, layFlow, mainWays, NODE } from './flow.ts'

const step = (id: string) => ({ id, title: id, matcher: {} })
const map: Map = {
  title: 'M',
  kind: 'current',
  goal: {},
  range: { last: '30d' },
  stages: [
    { id: 'one', title: 'One', steps: [step('a'), step('b')] },
    { id: 'two', title: 'Two', steps: [step('c'), step('d')] },
    { id: 'three', title: 'Three', steps: [step('e')] },
  ],
}
const way = (from: string, to: string, people = 10, share = 0.1, kind: TransitionNumbers['kind'] = 'forward') =>
  transition(from, to, { people, share, kind })

test('stages stand side by side, their steps below each other without touching', () => {
  const { nodes } = layFlow(map, [way('a', 'c'), way('b', 'd')])
  const at = (id: string) => nodes.find((it) => it.step === id)
  expect(at('a')?.x).toBe(at('b')?.x)
  expect(at('c')?.x).toBeGreaterThan((at('a')?.x ?? 0) + NODE.width)
  expect(Math.abs((at('a')?.y ?? 0) - (at('b')?.y ?? 0))).toBeGreaterThan(NODE.height)
})

test('steps stand in the order of the map, short columns in the middle of long ones', () => {
  const { nodes } = layFlow(map, [way('a', 'd', 90), way('b', 'c', 90)])
  const y = (id: string) => nodes.find((it) => it.step === id)?.y ?? 0
  expect(y('a')).toBeLessThan(y('b'))
  expect(y('e')).toBe((y('c') + y('d')) / 2)
})

test('a step that no way reaches still has its place', () => {
  expect(layFlow(map, []).nodes).toHaveLength(5)
})

test('returns and loops look different from ways on', () => {
  const { edges } = layFlow(map, [way('a', 'c'), way('e', 'a'), way('c', 'c'), way('a', 'gone')])
  expect(edges.map((it) => it.look)).toEqual(['forward', 'return', 'loop'])
})

test('the way with the most people is the thickest', () => {
  const [thick, thin] = layFlow(map, [way('a', 'c', 400), way('b', 'd', 4)]).edges
  expect(thick?.width).toBeCloseTo(8.2)
  expect(thin?.width).toBeCloseTo(1.9)
})

const names = (ways: readonly TransitionNumbers[]) => ways.map((it) => `${it.from}${it.to}`)

test('the main ways are the largest on from each step, other large ones and the largest returns', () => {
  const ways = [
    way('a', 'b', 10, 0.5),
    way('a', 'c', 6, 0.3),
    way('a', 'd', 1, 0.05),
    way('b', 'c', 1, 0.02),
    way('c', 'c', 1, 0.02, 'loop'),
    way('d', 'a', 5, 0.4, 'return'),
  ]
  expect(names(mainWays(ways))).toEqual(['ab', 'ac', 'bc', 'da'])
})

test('of many returns the largest are drawn', () => {
  const ways = Array.from({ length: 20 }, (_, index) => way('d', `x${index}`, index, 0.5, 'return'))
  expect(mainWays(ways).map((it) => it.people)).toEqual([12, 13, 14, 15, 16, 17, 18, 19])
})

test('a step that is looked at shows all of its ways', () => {
  const ways = [way('a', 'b', 10, 0.5), way('b', 'c', 9, 0.3), way('d', 'b', 1, 0.05, 'return'), way('b', 'a', 1, 0.01, 'return')]
  expect(names(drawnWays(ways, 0.4, null))).toEqual(['ab'])
  expect(names(drawnWays(ways, 0.4, 'b'))).toEqual(['ab', 'bc', 'db'])
})
