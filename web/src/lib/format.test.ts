import { expect, test } from 'vitest'
import {
  dayOf,
  formatAge,
  formatAmount,
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatMoment,
  formatPoints,
  formatShare,
  formatSpan,
} from './format.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

test('a sum that is not whole keeps hundredths while it is small', () => {
  expect(formatAmount(1 / 3, 'en')).toBe('0.33')
  expect(formatAmount(3, 'en')).toBe('3')
  expect(formatAmount(5344.947682, 'en')).toBe('5,345')
})

test('large numbers are counted in ten thousands in Chinese', () => {
  expect(formatCount(1_204_332, 'en')).toBe('1,204,332')
  expect(formatCompact(1_204_332, 'en')).toBe('1.2M')
  expect(formatCompact(1_204_332, 'zh-CN')).toBe('120.4万')
  expect(formatCompact(1_204_332, 'zh-TW')).toBe('120.4萬')
  expect(formatCompact(312_000_000, 'zh-TW')).toBe('3.1億')
})

test.each([
  [0, '0%'],
  [0.0002, '<0.1%'],
  [0.0514, '5.1%'],
  [0.5, '50%'],
  [0.9992, '>99%'],
  [1, '100%'],
])('a share of %d is shown as %s', (share, shown) => {
  expect(formatShare(share, 'en')).toBe(shown)
})

test('a change carries its sign', () => {
  expect([0.12, -0.034, 0].map((it) => formatChange(it, 'en'))).toEqual(['+12%', '-3.4%', '0%'])
})

test.each([
  [420, '420ms', '420毫秒'],
  [12_000, '12s', '12秒'],
  [59_700, '59s', '59秒'],
  [3 * minute + 20_000, '3m 20s', '3分钟20秒'],
  [2 * hour, '2h', '2小时'],
  [day - 4_000, '1d', '1天'],
  [day - 20 * minute, '1d', '1天'],
  [hour - 400, '1h', '1小时'],
  [2 * day + 3 * hour, '2d 3h', '2天3小时'],
  [40 * day + 3 * hour, '40d', '40天'],
])('%d ms is shown in its two largest units', (ms, english, chinese) => {
  expect(formatSpan(ms, 'en')).toBe(english)
  expect(formatSpan(ms, 'zh-CN')).toBe(chinese)
})

test('a difference of shares is told in points', () => {
  expect([0.0214, -0.3, 0.0001].map((it) => formatPoints(it, 'en'))).toEqual(['+2.1', '-30', '0'])
})

test('an age is told in one unit', () => {
  expect(formatAge(2_400, 'en')).toBe('2s ago')
  expect(formatAge(3 * day, 'zh-CN')).toBe('3天前')
  expect(formatAge(-50, 'en')).toBe('0s ago')
})

test('a moment is told in the zone of the workspace', () => {
  expect(formatMoment('2026-03-04T23:30:00Z', 'en', 'Asia/Shanghai')).toBe('Mar 5, 2026, 07:30')
  expect(dayOf('2026-03-04T23:30:00Z', 'Asia/Shanghai')).toBe('2026-03-05')
  expect(dayOf('2026-03-04T23:30:00Z', 'UTC')).toBe('2026-03-04')
})

test('bytes are counted in powers of thousand', () => {
  expect([0, 999, 3_200_000].map((it) => formatBytes(it, 'en'))).toEqual(['0 byte', '999 byte', '3.2 MB'])
})
