import { expect, test } from 'vitest'
import { hookAddress, hookMakerNames, hookMakers, isChecked } from './hook-maker.ts'

test('an address begins where the server says that it is reached', () => {
  expect(hookAddress('https://tl.example', 'http://10.0.0.1:7700', '/hooks/k')).toBe('https://tl.example/hooks/k')
  expect(hookAddress(null, 'http://10.0.0.1:7700', '/hooks/k')).toBe('http://10.0.0.1:7700/hooks/k')
  expect(hookAddress('https://tl.example/', '', '/hooks/k')).toBe('https://tl.example/hooks/k')
})

test('every maker has a name or a signature that is set up by hand', () => {
  for (const maker of hookMakers) expect(hookMakerNames[maker] !== undefined || isChecked(maker), maker).toBe(true)
})
