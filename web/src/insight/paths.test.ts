import { expect, test } from 'vitest'
import type { Paths, PathsReply, TransitionsAnswer } from '../api/paths.ts'
import { lookOf } from '../chart/sankey.ts'
import { crowdsOf } from './paths-crowd.ts'
import { readPathsSearch } from './paths-search.ts'
import { askOfPaths, changePaths, coverageOf, lackOf, piecesOf, reportsOf, sankeyOf, strandsOf, transitionRows, usualPathsAsk, wayRows } from './paths.ts'
import type { PathsAsk } from './paths-ask.ts'

const ask: PathsAsk = usualPathsAsk('UTC', 'event')
const cart = { events: ['cart'] }
const order = { events: ['order'] }

/** An answer in which ways are written as `a b c 10`. */
function reply(paths: Paths, ways: readonly string[], rest = 0): PathsReply {
  const listed = ways.map((words) => {
    const all = words.split(' ')
    const times = Number(all.at(-1))
    return { elements: all.slice(0, -1), passes: { times, profiles: times }, median_ms: 1, p90_ms: 2 }
  })
  const times = listed.reduce((sum, it) => sum + it.passes.times, rest)
  const none = { times: 0, profiles: 0 }
  return {
    report: { kind: 'paths', ...paths },
    range: { from: '2026-01-01T00:00:00Z', to: '2026-01-31T00:00:00Z' },
    zone: 'UTC',
    asked: '2026-01-31T00:00:00Z',
    taken: '2026-01-31T00:00:00Z',
    links: 0,
    rows: 0,
    n: times,
    left_out: { immature: 0, capped: 0, excluded: 0, ungrouped: 0 },
    numbers: {
      kind: 'paths',
      elements: [],
      paths: listed,
      total: { times, profiles: times },
      variants: listed.length + (rest > 0 ? 7 : 0),
      rest: { times: rest, profiles: rest },
      unfinished: none,
      cut: 0,
    },
  }
}

test('each way of asking is its own reports', () => {
  const shape = (mode: PathsAsk['mode']) => {
    const { before, after } = reportsOf(changePaths(ask, { mode, anchor: cart, goal: order }))
    return [before?.to, before?.length_max, after?.from, after?.to, after?.length_max]
  }
  const none = undefined
  expect(shape('start')).toEqual([none, none, none, none, 6])
  expect(shape('after')).toEqual([none, none, cart, none, 6])
  expect(shape('before')).toEqual([cart, 50, none, none, none])
  expect(shape('around')).toEqual([cart, 50, cart, none, 6])
  expect(shape('between')).toEqual([none, none, cart, order, 50])
})

test('a chosen time of the event is asked on both sides, and the last steps are as many as are drawn', () => {
  const around = changePaths(ask, { mode: 'around', anchor: cart, occurrence: 2, tail: true })
  const { before, after } = reportsOf(around)
  expect([before?.occurrence, after?.occurrence]).toEqual([{ nth: 2 }, { nth: 2 }])
  expect([before?.tail, before?.length_max, after?.tail]).toEqual([true, 4, undefined])
  expect(reportsOf(changePaths(around, { mode: 'before', occurrence: 'last' })).before).toMatchObject({ occurrence: 'last', length_max: 6 })
})

test('what is drawn at a place or along a band is told as the server counts it', () => {
  const before = reply({ range: ask.range, length_max: 50, to: cart }, ['p q p cart 4', 'x cart 2'])
  const after = reply({ range: ask.range, length_max: 3, from: cart }, ['cart y y 4', 'cart 2'])
  const around = changePaths(ask, { mode: 'around', length: 5, branches: 6 })
  const drawn = { before, after }
  const sankey = sankeyOf(around, drawn)
  const told = [...sankey.columns.flat(), ...sankey.links].map((it) => crowdsOf(sankey, it, drawn).map(({ kind, through }) => [kind, through.align, through.place, through.at, through.band]))
  expect(told[0]).toEqual([
    ['here', 'end', 2, { is: ['q'] }, undefined],
    ['earlier', 'end', 2, { is: ['q'] }, 'earlier'],
  ])
  const meeting = told[sankey.columns.slice(0, 2).flat().length]
  expect(meeting).toEqual([
    ['coming', 'end', 0, { is: ['cart'] }, undefined],
    ['here', 'start', 0, { is: ['cart'] }, undefined],
    ['ended', 'start', 0, { is: ['cart'] }, 'ended'],
  ])
  expect(told.slice(sankey.columns.flat().length)).toContainEqual([['along', 'end', 2, { is: ['q'] }, { to: { at: { is: ['p'] }, look: 'return' } }]])
  expect(told.at(-1)).toEqual([['along', 'start', 1, { is: ['y'] }, { to: { at: { is: ['y'] }, look: 'loop' } }]])
})

test('the smaller elements of a place are all that have no node of their own', () => {
  const after = reply({ range: ask.range, length_max: 2 }, ['a b 9', 'a c 8', 'a d 1', 'a e 1'])
  const drawn = { before: undefined, after }
  const sankey = sankeyOf(changePaths(ask, { length: 2, branches: 2 }), drawn)
  const rest = sankey.columns[1]?.find((it) => it.element === null)
  expect(rest === undefined ? [] : crowdsOf(sankey, rest, drawn)[0]?.through.at).toEqual({ is_not: ['b', 'c'] })
})

test('a report of values of a field is asked again as it was', () => {
  const pages = changePaths(ask, { by: 'field', field: 'properties.page' })
  const { after } = reportsOf(pages)
  expect(after?.by).toEqual({ field: 'properties.page' })
  expect(askOfPaths(after ?? { range: ask.range })).toMatchObject({ by: 'field', field: 'properties.page' })
  expect(lackOf(changePaths(ask, { by: 'field' }))).toBe('field')
  const own = [{ name: 'Cart', matcher: cart }]
  expect(askOfPaths({ range: ask.range, by: { steps: own } })).toMatchObject({ by: 'own', own })
})

test('what is lacking is said before it is asked', () => {
  expect(lackOf(ask)).toBeNull()
  expect(lackOf(changePaths(ask, { mode: 'after' }))).toBe('anchor')
  expect(lackOf(changePaths(ask, { mode: 'after', anchor: {} }))).toBe('anchor')
  expect(lackOf(changePaths(ask, { mode: 'between', anchor: cart }))).toBe('goal')
  expect(lackOf(changePaths(ask, { by: 'own' }))).toBe('own')
})

test('a choice is taken back by leaving it out', () => {
  expect(changePaths(changePaths(ask, { pause: '30m' }), { pause: undefined })).toEqual(ask)
})

test('the listed ways and the rest are all paths', () => {
  const answer = reply({ range: ask.range, length_max: 3 }, ['a b 60', 'a c 20'], 20)
  expect(coverageOf(answer, 1)).toEqual({ listed: 1, variants: 9, share: 0.6, restWays: 8 })
  expect(coverageOf(answer, 20)).toEqual({ listed: 2, variants: 9, share: 0.8, restWays: 7 })
  expect(wayRows(answer, 20).map((it) => [it.share, it.reaches])).toEqual([
    [0.6, 1],
    [0.2, 1 / 3],
  ])
})

test('a path as long as is allowed may go on, one to a goal has arrived', () => {
  expect(strandsOf(reply({ range: ask.range, length_max: 2 }, ['a b 1', 'a 1'])).map((it) => it.end)).toEqual(['open', 'ended'])
  expect(strandsOf(reply({ range: ask.range, length_max: 2, to: order }, ['a b 1'])).map((it) => it.end)).toEqual(['arrived'])
})

test('around an event half of the places lie on each side', () => {
  const before = reply({ range: ask.range, length_max: 50, to: cart }, ['p q r s t cart 4'])
  const after = reply({ range: ask.range, length_max: 6, from: cart }, ['cart x y z 4'])
  const sankey = sankeyOf(changePaths(ask, { mode: 'around', length: 5 }), { before, after })
  expect(sankey.columns.map((column) => column.map((it) => it.element))).toEqual([['s'], ['t'], ['cart'], ['x'], ['y']])
})

test('the share of a transition is of the visits to what is left', () => {
  const visits = (id: string, times: number) => ({ element: { id, name: id }, visits: { times, profiles: 1 }, starts: { times: 0, profiles: 0 }, ends: { times: 0, profiles: 0 } })
  const answer: TransitionsAnswer = {
    elements: [visits('a', 10), visits('b', 4)],
    transitions: [{ from: 'a', to: 'b', passes: { times: 4, profiles: 1 }, median_ms: 5, p90_ms: 6 }],
    sequences: 1,
  }
  expect(transitionRows(answer).map((it) => it.share)).toEqual([0.4])
})

test('a long way is shown without its middle', () => {
  const shown = piecesOf('a b c d e f g a'.split(' '), lookOf, 6).map((it) => (it.kind === 'gap' ? `+${it.count}` : `${it.element} ${it.look}`))
  expect(shown).toEqual(['a forward', 'b forward', '+3', 'f forward', 'g forward', 'a return'])
})

test('a question is read from a URL or not at all', () => {
  expect(readPathsSearch({ ask })).toEqual({ ask })
  expect(readPathsSearch({ ask: { ...ask, mode: 'sideways' } })).toEqual({})
  expect(readPathsSearch({ ask: { ...ask, length: -1 } })).toEqual({})
  expect(readPathsSearch({ ask: { ...ask, own: [{ name: 1 }] } })).toEqual({})
  expect(readPathsSearch({ ask: '<script>', table: 'elements' })).toEqual({ table: 'elements' })
})
