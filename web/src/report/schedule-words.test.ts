import { expect, test } from 'vitest'
import { addressesOf, dayName, kindOfRepeat, repeatOf } from './schedule-words.ts'

test('addresses are set apart by what people type between them', () => {
  expect(addressesOf('a@x.com, b@x.com；c@x.com\n a@x.com')).toEqual(['a@x.com', 'b@x.com', 'c@x.com'])
  expect(addressesOf('  ')).toEqual([])
})

test('a week begins on Monday', () => {
  expect([1, 7].map((it) => dayName(it, 'en'))).toEqual(['Monday', 'Sunday'])
  expect(dayName(1, 'zh-CN')).toBe('星期一')
})

test('a day fits its repeat', () => {
  expect(repeatOf('week', 31)).toEqual({ week: 7 })
  expect(repeatOf('month', 31)).toEqual({ month: 31 })
  expect(repeatOf('day', 3)).toBe('day')
  expect(kindOfRepeat({ month: 3 })).toBe('month')
})
