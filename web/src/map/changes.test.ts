import { describe, expect, test } from 'vitest'
import type { Map } from '../api/map.ts'
import { stageChanges } from './changes.ts'
import { mapNumbers, stepNumbers } from './fixture.ts'

const step = (id: string) => ({ id, title: id.toUpperCase(), matcher: {} })
const map: Map = {
  title: 'Shop',
  kind: 'current',
  goal: {},
  range: { all: true },
  stages: [
    { id: 'find', title: 'Find', steps: [step('look'), step('search')] },
    { id: 'buy', title: 'Buy', steps: [step('pay')] },
    { id: 'use', title: 'Use', steps: [] },
  ],
  lanes: [
    { kind: 'people' },
    { kind: 'feeling', cells: { pay: ' nervous ', look: '' } },
  ],
}

const spread = (median_ms: number) => ({ n: 10, median_ms, p90_ms: median_ms })
const channel = (name: 'web' | 'app', events: number) => ({ channel: name, events, share: 0, people: 1 })

const numbers = {
  ...mapNumbers([
    stepNumbers('look', { exits: 20, reach: spread(0), channels: [channel('web', 30), channel('app', 10)] }),
    stepNumbers('search', { exits: 5, channels: [channel('web', 60)] }),
    stepNumbers('pay', { exits: 10, reach: spread(60_000), channels: [channel('app', 5), channel('web', 15)] }),
  ]),
  base: 100,
  stages: [
    { stage: 'find', people: 100, share: 1 },
    { stage: 'buy', people: 40, share: 0.4 },
    { stage: 'use', people: 0, share: 0 },
  ],
}

describe('changes from stage to stage', () => {
  const [find, buy, use] = stageChanges(map, numbers)

  test('the first stage has nothing before it', () => {
    expect(find?.share).toEqual({ value: 1, by: null })
    expect(find?.channels).toEqual([
      { channel: 'web', share: 0.9, by: null },
      { channel: 'app', share: 0.1, by: null },
    ])
  })

  test('every lane moves by what it is more than before', () => {
    expect(buy?.share.by).toBeCloseTo(-0.6)
    expect(buy?.reachMs).toEqual({ value: 60_000, by: 60_000 })
    expect(find?.exits.value).toBe(0.25)
    expect(buy?.exits).toEqual({ value: 0.25, by: 0 })
    expect(buy?.channels[0]).toEqual({ channel: 'web', share: 0.75, by: 0.75 - 0.9 })
    expect(buy?.channels[1]?.by).toBeCloseTo(0.15)
  })

  test('what has no data says nothing', () => {
    expect(use?.exits).toEqual({ value: null, by: null })
    expect(use?.reachMs).toEqual({ value: null, by: null })
    expect(use?.channels).toEqual([])
    expect(buy?.written).toEqual({ feeling: [{ step: 'PAY', words: 'nervous' }] })
    expect(find?.written).toEqual({})
  })
})
