import { expect, test } from 'vitest'
import { draftOf, ratesCount, rulesOf } from './money.ts'

const rules = {
  currency: 'EUR',
  currency_property: 'properties.currency',
  properties: ['properties.revenue', 'properties.order.total'],
  zone: 'Europe/Berlin',
  rates: 'currency,from,rate\nUSD,2026-01-01,0.92\n',
} as const

test('what is stored comes back as it was', () => {
  expect(rulesOf(draftOf(rules))).toEqual(rules)
})

test('names may be typed with or without what they begin with, one on a line or with commas between', () => {
  const draft = { ...draftOf(rules), currency: ' eur ', currencyProperty: ' money ', properties: ' revenue\n\nproperties.tax, 價格 \n' }
  expect(rulesOf(draft)).toEqual({ ...rules, currency: 'EUR', currency_property: 'properties.money', properties: ['properties.revenue', 'properties.tax', 'properties.價格'] })
})

test('without a zone that of the workspace holds', () => {
  expect(rulesOf({ ...draftOf(rules), zone: ' ' })).not.toHaveProperty('zone')
})

test.each([
  ['', 0],
  ['currency,from,rate\r\nUSD,2026-01-01,1\r\n', 1],
  ['USD,2026-01-01,1\n\nGBP,2026-01-01,1', 2],
  ['USD,2026-01-01,1\ncurrency,2026-01-01,1', 2],
])('%j has %i rates', (text, count) => {
  expect(ratesCount(text)).toBe(count)
})
