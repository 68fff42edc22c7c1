import { expect, test } from 'vitest'
import type { Masking } from '../api/privacy.ts'
import { canLookIn, countOf, newPurpose, treatmentOf, withTreatment } from './privacy.ts'

test('a rule is changed in its place, and made where there was none', () => {
  const masking: Masking = { rules: [{ detector: 'email', place: 'titles', action: 'drop', is_on: false }], allowed: [] }
  expect(treatmentOf(masking, 'email', 'titles')).toBe('off')
  const on = withTreatment(masking, 'email', 'titles', 'mask')
  expect(on.rules).toEqual([{ detector: 'email', place: 'titles', action: 'mask', is_on: true }])
  const off = withTreatment(on, 'email', 'titles', 'off')
  expect(off.rules?.[0]).toEqual({ detector: 'email', place: 'titles', action: 'mask', is_on: false })
  expect(treatmentOf(withTreatment(off, 'iban', 'properties', 'drop'), 'iban', 'properties')).toBe('drop')
})

test('a secret is looked for among parameters only', () => {
  expect(canLookIn('secret', 'url_parameters')).toBe(true)
  expect(canLookIn('secret', 'titles')).toBe(false)
  expect(canLookIn('email', 'titles')).toBe(true)
})

test('what was not found was found no time', () => {
  expect(countOf([{ detector: 'email', place: 'titles', count: 3 }], 'email', 'titles')).toBe(3)
  expect(countOf([], 'email', 'titles')).toBe(0)
})

test('a new purpose has an id of its own', () => {
  const policy = { purposes: [newPurpose({ purposes: [] }, 'Product news')] }
  expect(policy.purposes[0]?.id).toBe('product_news')
  expect(newPurpose(policy, 'Product  News!').id).toBe('product_news_2')
  expect(newPurpose(policy, '推荐').id).toBe('purpose_1')
})
