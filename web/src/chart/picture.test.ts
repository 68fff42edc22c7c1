import { expect, test } from 'vitest'
import { wrapped } from './picture.ts'

test('lines break at spaces, and anywhere between wide letters', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrapped('short', 80)).toEqual(['short'])
  expect(wrapped('', 80)).toEqual([])
  expect(wrapped('渠道是网站和应用', 8)).toEqual(['渠道是网', '站和应用'])
  expect(wrapped('averyverylongword', 8)).toEqual(['averyver', 'ylongwor', 'd'])
})

test('nothing of a line is lost but spaces', () => {
  const words = 'Filter: channel is web, app 且 properties.page contains 购物车 and more of the same'
  for (const room of [5, 9, 14, 30]) expect(wrapped(words, room).join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''))
})
