import { describe, expect, test } from 'vitest'
import { boundOf, formOfStep, placeOfTarget, read, sideOf, written } from './target.ts'

describe('targets', () => {
  test('a number is read as it is written, in the unit that people use', () => {
    for (const [value, form, words] of [
      [0.07, 'share', '7'],
      [0.335, 'share', '33.5'],
      [5_400_000, 'span', '1.5'],
      [12.5, 'amount', '12.5'],
      [40, 'count', '40'],
    ] as const) {
      expect(written(value, form)).toBe(words)
      expect(read(words, form)).toBe(value)
    }
    expect(read('2,5', 'amount')).toBe(2.5)
    expect(read('', 'count')).toBe(null)
    expect(read('many', 'count')).toBe(null)
  })

  test('a bound is on one side', () => {
    for (const side of ['at_least', 'at_most'] as const) expect(sideOf(boundOf(side, 3))).toEqual({ side, value: 3 })
    expect(formOfStep('people')).toBe('count')
    expect(formOfStep('exit_share')).toBe('share')
  })

  test('a target says where it is measured', () => {
    expect(placeOfTarget({ series: { report: 'orders', series: 'Orders' } })).toEqual({ kind: 'report', id: 'orders' })
    expect(placeOfTarget({ step: { map: 'shop', step: 'pay', number: 'share' } })).toEqual({ kind: 'map', id: 'shop' })
  })
})
