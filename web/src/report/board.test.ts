import { expect, test } from 'vitest'
import type { Tile } from '../api/dashboard.ts'
import type { Report, Rule } from '../api/model.ts'
import { moveTile, newTileId, tileReport } from './board.ts'

const web: Rule = { where: { field: 'channel', test: { is: ['web'] } } }
const app: Rule = { where: { field: 'channel', test: { is: ['app'] } } }
const counts: Report = { kind: 'counts', range: { all: true } }

test('a tile without anything to hold it to asks what its report asks', () => {
  expect(tileReport(counts, {})).toEqual(counts)
})

test('a range takes the place of the own one, a filter and people come to them', () => {
  expect(tileReport(counts, { range: { last: '7d' }, filter: web })).toEqual({ kind: 'counts', range: { last: '7d' }, filter: web })
  expect(tileReport({ ...counts, filter: app }, { filter: web })).toMatchObject({ filter: { all: [app, web] } })
  expect(tileReport({ ...counts, people: { listed: [1] } }, { people: { listed: [2] } })).toMatchObject({ people: { all: [{ listed: [1] }, { listed: [2] }] } })
})

test('a funnel keeps when its filter takes hold', () => {
  const funnel: Report = { kind: 'funnel', range: { all: true }, steps: [], filter: { rule: app, when: 'after' } }
  expect(tileReport(funnel, { filter: web })).toMatchObject({ filter: { rule: { all: [app, web] }, when: 'after' } })
})

test('paths are drawn with every way', () => {
  expect(tileReport({ kind: 'paths', range: { all: true }, top: 20 }, {})).toMatchObject({ top: 10_000 })
})

const tile = (id: string): Tile => ({ id, width: 6, height: 2, content: { text: id } })

test('a tile is moved and nothing is lost', () => {
  const tiles = ['a', 'b', 'c'].map(tile)
  const ids = (id: string, to: number) => moveTile(tiles, id, to).map((it) => it.id)
  expect(ids('a', 2)).toEqual(['b', 'c', 'a'])
  expect(ids('c', 0)).toEqual(['c', 'a', 'b'])
  expect(ids('b', -5)).toEqual(['b', 'a', 'c'])
  expect(ids('b', 9)).toEqual(['a', 'c', 'b'])
  expect(ids('z', 0)).toEqual(['a', 'b', 'c'])
})

test('a new tile has an id of its own', () => {
  expect(newTileId([])).toBe('tile-1')
  expect(newTileId([tile('tile-2')])).toBe('tile-3')
  expect(newTileId([tile('x'), tile('tile-3')])).toBe('tile-4')
})
