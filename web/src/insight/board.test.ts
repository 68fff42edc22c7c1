import { expect, test } from 'vitest'
import type { ChannelMeetings, StageLine } from '../api/channels.ts'
import { boardShares, isAskable, partOf, stageGroups } from './board.ts'

const passes = (times: number, profiles = times) => ({ times, profiles })
const meetings: ChannelMeetings = {
  events: passes(100, 40),
  contacts: passes(60, 40),
  acts: passes(40, 20),
  answerable: passes(50, 35),
  answered: passes(10, 8),
  returned: passes(25, 20),
  service: passes(12, 10),
  repeated: passes(5, 4),
  repeated_same: passes(3, 3),
  repeated_other: passes(2, 2),
  mature: 20,
  converted: 5,
  immature: 20,
}

test('shares are of those whose time is over, and small ones say so', () => {
  const { answered, returned, converted, repeated } = boardShares(meetings)
  expect([answered.share, returned.share, converted.share, repeated.share]).toEqual([0.2, 0.5, 0.25, 0.4])
  expect([answered.isSmall, converted.isSmall]).toEqual([false, true])
  expect(partOf(0, 0).share).toBeNull()
})

test('a board needs a conversion', () => {
  const range = { last: '30d' }
  expect(isAskable({ range, goal: {} })).toBe(false)
  expect(isAskable({ range, goal: { events: ['order_placed'] } })).toBe(true)
})

test('lines of one stage stand together', () => {
  const line = (at: StageLine['at'], channel: StageLine['channel']): StageLine => ({ at, channel, meetings })
  const groups = stageGroups([line('before', 'web'), line({ stage: 'look' }, 'web'), line({ stage: 'look' }, 'app')])
  expect(groups.map((it) => it.lines.length)).toEqual([1, 2])
})
