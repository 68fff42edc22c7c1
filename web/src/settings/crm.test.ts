import { expect, test } from 'vitest'
import type { CrmSettings } from '../api/crm.ts'
import { partsOf, rulesOf, spansOffered, valueOf, whats, withNewRule, withoutRule, withRule } from './crm.ts'

const settings: CrmSettings = {
  rules: [
    { what: { trait: 'plan' }, property: 'plan', leads: 'ours' },
    { what: { segment: 'vip' }, property: 'vip', leads: 'newest' },
  ],
}

test.each(whats)('%s is read as it is written', (what) => {
  expect(partsOf(valueOf(what, '<b>name'))).toEqual({ what, name: '<b>name' })
})

test('rules are added, changed and removed in their places', () => {
  const more = withNewRule(settings)
  expect(rulesOf(more)).toHaveLength(3)
  const changed = withRule(more, 2, { what: { trait: 'city' }, property: 'city', leads: 'theirs' })
  expect(rulesOf(withoutRule(changed, 0)).map((it) => it.property)).toEqual(['vip', 'city'])
  expect(rulesOf(settings)).toHaveLength(2)
  expect(rulesOf({})).toEqual([])
})

test('the span that holds is among those that are offered', () => {
  const format = { span: (ms: number) => `${ms / 60_000} min` }
  expect(spansOffered('15m', format)).toHaveLength(5)
  expect(spansOffered('15m', format)[1]).toEqual({ value: '15m', label: '15 min' })
  expect(spansOffered('3h', format).at(-1)).toEqual({ value: '3h', label: '3h' })
})
