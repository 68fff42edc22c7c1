import { expect, test } from 'vitest'
import { asShown } from './fold.ts'

test('a name can be typed as it is seen', () => {
  expect(asShown(' Ann  Lee\u00a0')).toBe('Ann Lee')
  expect(asShown('Ann Lee')).toBe('Ann Lee')
})
