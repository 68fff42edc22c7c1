import { expect, test } from 'vitest'
import { byTimes, type GraphEdge, layOutGraph, nearest, NODE_HEIGHT, NODE_WIDTH, shareShown } from './graph-layout.ts'

const edge = (from: string, to: string, times: number): GraphEdge => ({ from, to, times })
const edges = [edge('look', 'cart', 50), edge('cart', 'pay', 20), edge('cart', 'look', 30), edge('look', 'look', 40), edge('look', 'help', 5), edge('help', 'pay', 2)]
const nodes = ['pay', 'help', 'look', 'cart'].map((id, index) => ({ id, times: 10 + index }))

test('each place lies behind the one that most often leads to it, and what leads back is a return', () => {
  const layout = layOutGraph(nodes, edges)
  const layer = (id: string) => layout.nodes.find((it) => it.id === id)?.layer
  expect([layer('look'), layer('cart'), layer('help'), layer('pay')]).toEqual([0, 1, 1, 2])
  const looks = Object.fromEntries(layout.edges.map((it) => [`${it.edge.from} ${it.edge.to}`, it.look]))
  expect(looks).toEqual({ 'look cart': 'forward', 'look look': 'loop', 'cart look': 'return', 'cart pay': 'forward', 'look help': 'forward', 'help pay': 'forward' })
})

test('the same input is the same picture in any order, and no places overlap', () => {
  const layout = layOutGraph(nodes, edges)
  expect(layOutGraph([...nodes].reverse(), [...edges].reverse())).toEqual(layout)
  for (const one of layout.nodes)
    for (const other of layout.nodes)
      if (one.id < other.id) expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT).toBe(true)
})

test('a circle has a beginning and nothing is an empty picture', () => {
  const circle = [edge('a', 'b', 3), edge('b', 'c', 3), edge('c', 'a', 3)]
  const layout = layOutGraph(['a', 'b', 'c'].map((id) => ({ id, times: 3 })), circle)
  expect(layout.nodes.map((it) => it.layer).sort()).toEqual([0, 1, 2])
  expect(layout.edges.filter((it) => it.look === 'return')).toHaveLength(1)
  expect(layOutGraph([], []).nodes).toEqual([])
})

test('what is shown is told as a part of all transitions', () => {
  expect(byTimes(edges)[0]?.times).toBe(50)
  expect(shareShown(edges, 2)).toBeCloseTo(90 / 147)
  expect(shareShown(edges, 99)).toBe(1)
  expect(shareShown([], 3)).toBe(1)
})

test('arrows lead to what lies there', () => {
  const places = [
    { key: 'a', x: 0, y: 0 },
    { key: 'b', x: 100, y: 10 },
    { key: 'c', x: 0, y: 100 },
  ]
  expect(nearest(places, 'a', 'ArrowRight')).toBe('b')
  expect(nearest(places, 'a', 'ArrowDown')).toBe('c')
  expect(nearest(places, 'a', 'ArrowLeft')).toBeNull()
  expect(nearest(places, 'z', 'ArrowLeft')).toBeNull()
})
