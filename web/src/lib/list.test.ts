import { expect, test } from 'vitest'
import { freeId, moved, wordsOf } from './list.ts'

test('an item moves and the others keep their order', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
})

test('an id says the name and is nobody else’s', () => {
  expect(freeId('  Checkout – Page ', [])).toBe('checkout_page')
  expect(freeId('Cart', ['cart', 'cart_2'])).toBe('cart_3')
  expect(freeId('结账页', ['entry_1'])).toBe('entry_2')
  expect(freeId('推荐', [], 'purpose')).toBe('purpose_1')
})

test('words are told apart by any comma', () => {
  expect(wordsOf('ads, 广告，ads; newsletter ,')).toEqual(['ads', '广告', 'newsletter'])
})
