import { expect, test } from 'vitest'
import type { IdentityLink } from '../api/identity.ts'
import { chainOf, momentsOf, otherEnd } from './chain.ts'

const link = (position: number, left: number, right: number, standing: IdentityLink['standing'] = 'holds'): IdentityLink => ({
  position,
  left,
  right,
  standing,
  reason: 'together',
  time: '2026-03-01T08:00:00Z',
  source: 1,
})

test('a chain leads over the links that hold, in order', () => {
  const links = [link(0, 1, 2), link(1, 3, 2), link(2, 3, 4), link(3, 1, 4, 'refused')]
  expect(chainOf(links, 1, 4)?.map((it) => it.position)).toEqual([0, 1, 2])
  expect(chainOf(links, 4, 4)).toEqual([])
  expect(chainOf(links, 1, 9)).toBeUndefined()
})

test('a link has another end where it touches', () => {
  expect(otherEnd(link(0, 1, 2), 2)).toBe(1)
  expect(otherEnd(link(0, 1, 2), 3)).toBeUndefined()
})

test('moments are the beginning, what happened, and now', () => {
  expect(momentsOf([4, 2, 4], 9)).toEqual([0, 3, 5, 9])
})
