import { expect, test } from 'vitest'
import { untoldKey } from './consents.ts'

test('what is denied is not said to be allowed', () => {
  expect(untoldKey({ basis: 'legitimate_interest', state: 'granted' })).toBe('consent.untold.notObjected')
  expect(untoldKey({ basis: 'legitimate_interest', state: 'denied' })).toBe('consent.untold.default')
  expect(untoldKey({ basis: 'consent', state: 'granted' })).toBe('consent.untold.default')
})
