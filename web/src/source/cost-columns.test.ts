import { expect, test } from 'vitest'
import { columnOf, typedCurrency, withColumn } from './cost-columns.ts'

const mapping = { day: 'Day', amount: 'Cost', campaign: 'Campaign' }

test('a column is taken for a part and let go of again', () => {
  expect(columnOf(withColumn(mapping, 'clicks', 'Clicks'), 'clicks')).toBe('Clicks')
  expect(columnOf(withColumn(mapping, 'campaign', ''), 'campaign')).toBe('')
  expect(withColumn(mapping, 'campaign', '').campaign).toBeNull()
  expect(withColumn(mapping, 'day', '').day).toBe('')
})

test('a currency is three letters while it is typed', () => {
  expect(typedCurrency('eu')).toBe('EU')
  expect(typedCurrency('€eur5o')).toBe('EUR')
})
