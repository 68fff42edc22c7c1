import { expect, test } from 'vitest'
import type { Switching, SwitchesAnswer } from '../api/channels.ts'
import { cellLook, isClear, matrixOf, readPair, stagesOf, topOf, worstPairs, writePair } from './switches.ts'

const passes = (times: number, profiles = times) => ({ times, profiles })

function cell(at: Switching['at'], to: Switching['to'], lost: number, profiles = 100): Switching {
  const expected_share = 0.5
  const share = expected_share - lost / profiles
  const difference = -lost / profiles
  return {
    at,
    from: 'web',
    to,
    switches: passes(profiles + 5, profiles),
    merged: passes(0),
    median_ms: 60_000,
    p90_ms: 90_000,
    gaps: [1, 0, 0, 0, 0, 0, 0, 0],
    outcome: { mature: profiles, went_on: Math.round(share * profiles), immature: 0 },
    against: { profiles, went_on: Math.round(share * profiles), share, expected_share, difference, interval: { low: difference - 0.1, high: difference + 0.1 }, lost },
  }
}

const leaving = (at: Switching['at']) => ({ at, from: 'web' as const, acts: passes(10), switched: passes(5), merged: passes(1), stayed: passes(5), stayers: { mature: 5, went_on: 2, immature: 0 } })
const answer: SwitchesAnswer = {
  followed_to: '2026-01-01T00:00:00.000Z',
  is_rounded: false,
  contacts: [],
  stages: [
    { id: 'look', name: 'Look' },
    { id: 'buy', name: 'Buy' },
  ],
  acts: passes(10),
  unplaced: passes(0),
  leaves: [leaving('any'), leaving({ stage: 'look' })],
  switches: [cell('any', 'call', 40), cell({ stage: 'look' }, 'call', 30), cell({ stage: 'look' }, 'chat', -20), cell({ stage: 'look' }, 'store', 5, 8), cell({ stage: 'look' }, 'email', 2)],
}

test('a table has the channels of its stage, and stages without one are not offered', () => {
  const matrix = matrixOf(answer, { stage: 'look' })
  expect(matrix.channels).toEqual(['web', 'email', 'store', 'call', 'chat'])
  expect(matrix.cellAt('web', 'call')?.against?.lost).toBe(30)
  expect(matrix.cellAt('call', 'web')).toBeUndefined()
  expect(stagesOf(answer)).toEqual(['any', { stage: 'look' }])
})

test('loss is warm, gain is cool, and a few are neither', () => {
  const matrix = matrixOf(answer, { stage: 'look' })
  const top = topOf(matrix, 'lost')
  expect(top).toBe(30)
  const look = (to: 'call' | 'chat' | 'store') => {
    const found = matrix.cellAt('web', to)
    return found === undefined ? undefined : cellLook(found, 'lost', top)
  }
  expect(look('call')).toMatchObject({ warm: 5, cool: 0 })
  expect(look('chat')).toMatchObject({ warm: 0, cool: 2 })
  expect(look('store')).toMatchObject({ warm: 0, cool: 0, isSmall: true })
})

test('the worst pairs are those of a stage whose loss is clear', () => {
  expect(worstPairs(answer, 5).map((it) => it.to)).toEqual(['call'])
  expect(answer.switches.filter(isClear).map((it) => it.to)).toEqual(['call', 'call', 'chat'])
})

test('a pair is read as it is written', () => {
  expect(readPair(writePair({ from: 'web', to: 'call' }))).toEqual({ from: 'web', to: 'call' })
  expect(readPair('web.web')).toBeUndefined()
  expect(readPair('web.moon')).toBeUndefined()
})
