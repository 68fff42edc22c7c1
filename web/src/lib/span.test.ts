import { expect, test } from 'vitest'
import { parseSpan, writeSpan } from './span.ts'

test.each(['90s', '30m', '12h', '6d', '2w', '5ms'])('%s leads back to itself', (text) => {
  const ms = parseSpan(text)
  expect(ms).not.toBeNull()
  expect(writeSpan(ms ?? 0)).toBe(text)
})

test('what is not a span is refused', () => {
  for (const text of ['', '7', 'd', '7 d', '-3d', '1.5h', '3y']) expect(parseSpan(text)).toBeNull()
})

test('a span is written in the largest whole unit', () => {
  expect(writeSpan(7 * 86_400_000)).toBe('1w')
  expect(writeSpan(36 * 3_600_000)).toBe('36h')
})
