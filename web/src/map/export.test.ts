import { expect, test } from 'vitest'
import type { Map } from '../api/map.ts'
import { mapNumbers, stepNumbers } from './fixture.ts'
import { csvCell, mapCsv } from './export.ts'

const map: Map = {
  title: 'M',
  kind: 'current',
  goal: {},
  range: { last: '30d' },
  stages: [{ id: 's', title: 'Buy, now', steps: [{ id: 'pay', title: '=1+1', matcher: {} }] }],
  lanes: [{ kind: 'people' }, { kind: 'doing', cells: { pay: 'Says "no"' } }],
}
const numbers = mapNumbers([
  stepNumbers('pay', { people: 3, share: 0.75, exits: 1, leave: { n: 3, median_ms: 10, p90_ms: 20 }, channels: [{ channel: 'web', events: 3, people: 3, share: 1 }] }),
])

test('a map becomes a table with its written lanes', () => {
  expect(mapCsv(map, numbers).split('\r\n')[1]).toBe(`"Buy, now",'=1+1,pay,3,0.75,,,10,20,1,0,web 3,"Says ""no"""`)
})

test('formulas are disarmed, numbers are not', () => {
  expect(['=A1', '+1', '-1', '@x', 'plain'].map(csvCell)).toEqual(["'=A1", "'+1", "'-1", "'@x", 'plain'])
  expect(csvCell(-1)).toBe('-1')
})
