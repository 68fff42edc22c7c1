import { expect, test } from 'vitest'
import type { Map, MapNumbers } from '../api/map.ts'
import { csvCell, fileName, mapCsv } from './export.ts'

const map: Map = {
  title: 'M',
  kind: 'current',
  goal: {},
  range: { last: '30d' },
  stages: [{ id: 's', title: 'Buy, now', steps: [{ id: 'pay', title: '=1+1', matcher: {} }] }],
  lanes: [{ kind: 'people' }, { kind: 'doing', cells: { pay: 'Says "no"' } }],
}
const numbers: MapNumbers = {
  range: { from: '', to: '', zone: 'UTC' },
  links: 0,
  taken: '',
  profiles: 4,
  events: 9,
  steps: [
    {
      step: 'pay',
      people: 3,
      share: 0.75,
      events: 5,
      reach: null,
      leave: { median_ms: 10, p90_ms: 20 },
      exits: 1,
      exit_share: 1 / 3,
      returns: 0,
      return_share: 0,
      channels: [{ channel: 'web', people: 3, share: 1 }],
    },
  ],
  stages: [],
  transitions: [],
  coverage: { events_share: 1, paths_share: 1, unexplained: [] },
}

test('a map becomes a table with its written lanes', () => {
  expect(mapCsv(map, numbers).split('\r\n')[1]).toBe(`"Buy, now",'=1+1,pay,3,0.75,,,10,20,1,0,web 3,"Says ""no"""`)
})

test('formulas are disarmed, numbers are not', () => {
  expect(['=A1', '+1', '-1', '@x', 'plain'].map(csvCell)).toEqual(["'=A1", "'+1", "'-1", "'@x", 'plain'])
  expect(csvCell(-1)).toBe('-1')
})

test('a file is named after its map', () => {
  expect(fileName('客户如何购买? / v2', 'csv')).toBe('客户如何购买-v2.csv')
  expect(fileName('///', 'json')).toBe('map.json')
})
