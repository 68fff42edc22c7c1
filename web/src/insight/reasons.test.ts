import { expect, test } from 'vitest'
import { canAskReasons, freeName, reasonsOf, suggestedQuotes, suggestedReasons } from './reasons.ts'
import { readReasonsSearch } from './reasons-search.ts'

const steps = [
  { name: 'Cart', matcher: { events: ['product_added'] } },
  { name: 'Order', matcher: { events: ['order_placed'] } },
]
const range = { last: '30d', zone: 'UTC' } as const
const fields = ['channel', 'properties.sku', 'properties.stock', 'properties.results_count', 'properties.comment', 'context.page.text']

test('reasons come from the names of events, each under the first that fits it', () => {
  const events = ['product_added', 'order_placed', 'payment_failed', 'address_rejected', 'delivery_chosen', 'coupon_popup_shown', 'product_searched', 'product_viewed', 'chat_requested', 'page']
  const found = suggestedReasons({ events, fields }, steps, (kind) => kind)
  expect(found.map((it) => it.name)).toEqual(['error', 'payment', 'price', 'coupon', 'no_result', 'sold_out', 'help', 'comparison', 'silence'])
  const sign = (name: string) => found.find((it) => it.name === name)?.sign
  expect(sign('error')).toEqual({ met: { matcher: { events: ['address_rejected'] } } })
  expect(sign('no_result')).toEqual({ met: { matcher: { events: ['product_searched'], rule: { where: { field: 'properties.results_count', test: { is: [0] } } } } } })
  expect(sign('comparison')).toEqual({ met: { matcher: { events: ['product_viewed'] }, times: 3, different: 'properties.sku' } })
})

test('names in Chinese are read too, and a step of the way is no reason', () => {
  const events = ['支付失败', '联系客服', '浏览商品', '使用优惠券']
  const found = suggestedReasons({ events, fields: [] }, [{ matcher: { events: ['使用优惠券'] } }], (kind) => kind)
  expect(found.map((it) => it.name)).toEqual(['payment', 'help', 'silence'])
})

test('comments are quoted, and nothing but properties', () => {
  expect(suggestedQuotes(fields)).toEqual(['properties.comment'])
})

test('a funnel is asked about once there is a reason with a name of its own', () => {
  const asked = reasonsOf({ range, steps })
  expect(canAskReasons(asked)).toBe(false)
  const silence = { name: 'Silence', sign: { silence: '30m' } } as const
  expect(canAskReasons({ ...asked, reasons: [silence] })).toBe(true)
  expect(freeName('Silence', [silence, { ...silence, name: 'Silence 2' }])).toBe('Silence 3')
})

test('a question is read from an address or not at all', () => {
  const ask = { ...reasonsOf({ range, steps }), reasons: [{ name: 'a', sign: { met: { matcher: {} } } }] }
  expect(readReasonsSearch({ ask })).toEqual({ ask })
  expect(readReasonsSearch({ ask: { ...ask, reasons: [{ name: 'a', sign: {} }] } })).toEqual({})
})
