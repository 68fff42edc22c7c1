import { expect, test } from 'vitest'
import { flatten } from './flatten.ts'

const lines = (value: unknown) => flatten(value).map((it) => `${it.path}=${it.text} ${it.kind}`)

test('nested values are told by their way', () => {
  expect(lines({ price: 12.5, items: [{ name: '跑鞋' }, { name: 'b' }], gift: false, none: null })).toEqual([
    'price=12.5 number',
    'items.0.name=跑鞋 text',
    'items.1.name=b text',
    'gift=false flag',
    'none= nothing',
  ])
})

test('markup stays text, and empty objects say nothing', () => {
  expect(lines({ name: '<b>x</b>', list: [], inner: {} })).toEqual(['name=<b>x</b> text'])
})
