import { expect, test } from 'vitest'
import { layOut, moveInSankey } from './sankey-layout.ts'
import { join, lookOf, partsOf, type Sankey, type Strand, type StrandEnd, weave } from './sankey.ts'

/** Ways as people write them: `a b c 10`. */
const strand = (words: string, end: StrandEnd = 'ended'): Strand => {
  const all = words.split(' ')
  return { elements: all.slice(0, -1), times: Number(all.at(-1)), end }
}
const strands = ['a b c 50', 'a b a 20', 'a d 10', 'a e c 4', 'a f 3', 'a g 2'].map((it) => strand(it))
const start = (branches: number, columns = 3) => weave(strands, { columns, branches, align: 'start' })
const names = (sankey: Sankey) => sankey.columns.map((column) => column.map((it) => `${it.element ?? '…'} ${it.times}`))

test('what is small is one node, and nothing is lost', () => {
  expect(names(start(2))).toEqual([['a 89'], ['b 70', 'd 10', '… 9'], ['c 54', 'a 20']])
  for (const column of start(2).columns) for (const node of column) {
    const out = start(2).links.filter((it) => it.from === node.key).reduce((sum, it) => sum + it.times, 0)
    expect(out + node.ended + node.open + node.arrived).toBe(node.times)
  }
})

test('a single element that is left over keeps its name', () => {
  expect(names(start(4))[1]).toEqual(['b 70', 'd 10', 'e 4', 'f 3', 'g 2'])
})

test('coming back is told from going on', () => {
  expect(start(5).links.filter((it) => it.look === 'return').map((it) => [it.from, it.to, it.times])).toEqual([['1 b', '2 a', 20]])
  expect(['forward', 'loop', 'return']).toEqual([1, 2, 4].map((place) => lookOf(['a', 'b', 'b', 'c', 'a'], place)))
})

test('what is drawn no further is open and has not ended', () => {
  const [, second] = start(5, 2).columns
  expect(second?.map((it) => [it.element, it.open, it.ended])).toEqual([['b', 70, 0], ['d', 0, 10], ['e', 4, 0], ['f', 0, 3], ['g', 0, 2]])
})

test('paths to an event lie in one column at their end', () => {
  const before = weave([strand('x y z 5', 'arrived'), strand('y z 3', 'arrived'), strand('w x y z 2', 'arrived')], { columns: 3, branches: 5, align: 'end' })
  expect(before.first).toBe(-2)
  expect(names(before)).toEqual([['x 7'], ['y 10'], ['z 10']])
  expect(before.columns[0]?.[0]?.earlier).toBe(2)
  expect(before.columns[2]?.[0]?.arrived).toBe(10)
})

test('before and after meet at the event', () => {
  const before = weave([strand('x z 5', 'arrived')], { columns: 3, branches: 5, align: 'end' })
  const after = weave([strand('z y 7'), strand('z 1')], { columns: 3, branches: 5, align: 'start' })
  const whole = join(before, after)
  expect(whole.first).toBe(-1)
  expect(names(whole)).toEqual([['x 5'], ['z 8'], ['y 7']])
  expect(whole.columns[1]?.[0]).toMatchObject({ coming: 5, times: 8, strands: [0, 1, 2] })
  expect(whole.links.map((it) => it.key)).toEqual(['0 x>1 z>forward', '1 z>2 y>forward'])
})

test('the paths through a node are followed and no others', () => {
  const sankey = start(5)
  const through = sankey.columns[2]?.find((it) => it.element === 'a')?.strands ?? []
  expect([...partsOf(sankey, new Set(through))]).toEqual([
    ['0 a>1 b>forward', 20],
    ['1 b>2 a>return', 20],
    ['0 a', 20],
    ['1 b', 20],
    ['2 a', 20],
  ])
})

const size = { width: 600, height: 300, label: 100 }

test('every column fits, and a band is as thick at both ends as its node allows', () => {
  const layout = layOut(start(5), size)
  expect(layout.height).toBeLessThanOrEqual(300.01)
  const b = layout.nodes.find((it) => it.node.key === '1 b')
  expect(b?.height).toBeCloseTo(70 * layout.scale)
  expect(layout.nodes.map((it) => Math.round(it.x))).toEqual([0, 246, 246, 246, 246, 246, 491, 491])
})

test('arrows go along the largest link, Home and End to the edges', () => {
  const layout = layOut(start(5), size)
  const walk = (...keys: readonly string[]) => keys.reduce((at, key) => moveInSankey(layout, at, key) ?? at, '0 a')
  expect(walk('ArrowRight')).toBe('0 a>1 b>forward')
  expect(walk('ArrowRight', 'ArrowDown')).toBe('0 a>1 d>forward')
  expect(walk('ArrowRight', 'ArrowRight', 'ArrowDown')).toBe('1 d')
  expect(walk('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight')).toBe('2 c')
  expect(walk('End', 'ArrowDown', 'ArrowLeft')).toBe('1 b>2 a>return')
  expect(walk('End', 'Home')).toBe('0 a')
  expect(moveInSankey(layout, '0 a', 'x')).toBeNull()
})

test('nothing is drawn as nothing', () => {
  expect(layOut(weave([], { columns: 5, branches: 5, align: 'start' }), size).nodes).toEqual([])
})
