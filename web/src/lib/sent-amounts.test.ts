import { expect, test } from 'vitest'
import { sentAmounts } from './sent-amounts.ts'

test('amounts are told as they were sent and as they are read', () => {
  const properties = { revenue: 92, order: { total: 1.5 }, currency: 'usd', $sent: { revenue: 100, order: { total: 2 }, currency: 'usd' } }
  expect(sentAmounts(properties)).toEqual([
    { path: 'revenue', sent: 100, currency: 'usd', read: 92 },
    { path: 'order.total', sent: 2, currency: 'usd', read: 1.5 },
  ])
})

test('an amount without a rate is read as nothing', () => {
  const hostile = '<img src=x onerror=alert(1)>'
  expect(sentAmounts({ currency: hostile, $sent: { revenue: 100, currency: hostile } })).toEqual([{ path: 'revenue', sent: 100, currency: hostile, read: undefined }])
})

test('a number that was sent as a currency is no amount', () => {
  expect(sentAmounts({ currency: 978, $sent: { revenue: 100, currency: 978 } })).toEqual([{ path: 'revenue', sent: 100, currency: '978', read: undefined }])
})

test.each([[{}], [{ $sent: 'mine' }], [{ $sent: null, revenue: 1 }], [{ $sent: [1, 2] }]])('%j was not turned over', (properties) => {
  expect(sentAmounts(properties)).toEqual([])
})
