import { expect, test } from 'vitest'
import type { Rule } from '../api/model.ts'
import { asGroup, countConditions, kindOf, makeTest, operandOf, prune, readValue, testKinds, withRules } from './rule.ts'

const price: Rule = { where: { field: 'properties.price', test: { at_least: 10 } } }
const web: Rule = { where: { field: 'channel', test: { is: ['web'] } } }

test('every kind of test leads back to itself', () => {
  for (const kind of testKinds) {
    const made = makeTest(kind, { kind: 'values', values: ['12'] })
    expect(kindOf(made)).toBe(kind)
    expect(makeTest(kind, operandOf(made))).toEqual(made)
  }
})

test('changing the kind keeps the operand where it can', () => {
  expect(makeTest('contains', operandOf({ is: ['gold'] }))).toEqual({ contains: 'gold' })
  expect(makeTest('is', operandOf({ starts_with: 'a' }))).toEqual({ is: ['a'] })
  expect(makeTest('less', operandOf({ contains: 'x' }))).toEqual({ less: 0 })
  expect(makeTest('missing', operandOf({ is: ['x'] }))).toEqual({ missing: {} })
})

test('a typed value is a number only where the field holds numbers alone', () => {
  expect(readValue('12', ['number'])).toBe(12)
  expect(readValue('12', ['number', 'text'])).toBe('12')
  expect(readValue('true', ['flag'])).toBe(true)
  expect(readValue('', ['number'])).toBe('')
})

test('a group of one is that one, a group of none is nothing', () => {
  expect(prune(asGroup(price))).toEqual(price)
  expect(prune(withRules(asGroup(price), []))).toBeNull()
  expect(prune({ any: [price, web] })).toEqual({ any: [price, web] })
})

test('conditions are counted through every level', () => {
  expect(countConditions({ all: [price, { not: { any: [web, price] } }] })).toBe(3)
  expect(countConditions(null)).toBe(0)
})
