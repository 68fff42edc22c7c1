import { expect, test } from 'vitest'
import type { Vocabulary } from '../api/vocabulary.ts'
import { edited, elementMatcher, entriesOf } from './vocabulary.ts'

const vocabulary: Vocabulary = {
  touchpoints: [
    { id: 'cart', name: 'Cart', matcher: { events: ['cart'] } },
    { id: 'pay', name: 'Pay', matcher: { events: ['pay'] } },
    { id: 'mail', name: 'Mail', matcher: {} },
  ],
}

test('entries move and keep what they are', () => {
  const moved = edited(vocabulary, { kind: 'move', list: 'touchpoints', index: 2, to: 0 })
  expect(entriesOf(moved, 'touchpoints').map((it) => it.key)).toEqual(['mail', 'cart', 'pay'])
  const back = edited(moved, { kind: 'move', list: 'touchpoints', index: 0, to: 2 })
  expect(back).toEqual(vocabulary)
})

test('an element that is named decides before all other touchpoints', () => {
  const matcher = elementMatcher({ event: 'element_clicked', selector: '#buy' }, '/sale')
  const named = edited(vocabulary, { kind: 'nameElement', name: 'Cart', matcher })
  expect(named.touchpoints?.map((it) => it.id)).toEqual(['cart_2', 'cart', 'pay', 'mail'])
  expect(named.touchpoints?.[0]?.matcher).toEqual({
    events: ['element_clicked'],
    rule: {
      all: [
        { where: { field: 'properties.element.selector', test: { is: ['#buy'] } } },
        { where: { field: 'properties.path', test: { is: ['/sale'] } } },
      ],
    },
  })
  expect(elementMatcher({ event: 'element_clicked', selector: '#buy' }, null).rule).toEqual({
    where: { field: 'properties.element.selector', test: { is: ['#buy'] } },
  })
})

test('a renamed touchpoint keeps its id, so that stages still find it', () => {
  const renamed = edited(vocabulary, { kind: 'rename', list: 'touchpoints', index: 0, name: '购物车' })
  expect(renamed.touchpoints?.[0]).toMatchObject({ id: 'cart', name: '购物车' })
})

test('a new entry gets an id of its own', () => {
  const added = edited(vocabulary, { kind: 'add', list: 'touchpoints', name: 'Cart' })
  expect(added.touchpoints?.at(-1)?.id).toBe('cart_2')
})

test('what is removed is gone and nothing else', () => {
  const removed = edited(vocabulary, { kind: 'remove', list: 'touchpoints', index: 1 })
  expect(entriesOf(removed, 'touchpoints').map((it) => it.key)).toEqual(['cart', 'mail'])
  expect(entriesOf(edited({}, { kind: 'addChannel', channel: 'email' }), 'channels').map((it) => it.name)).toEqual(['email'])
})
