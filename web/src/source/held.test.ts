import { describe, expect, it } from 'vitest'
import { indented, textFault } from './held.ts'

describe('an event that was held back', () => {
  it('is written with a line for each member', () => {
    const value = { type: 'track', properties: { list: [1, { a: null }], empty: {}, none: [], text: 'a, "b": {c}\\' } }
    expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
    expect(indented(JSON.stringify(value, null, 4))).toBe(JSON.stringify(value, null, 2))
  })

  it('keeps its digits and its keys', () => {
    expect(indented('{"id":12345678901234567890,"id":1.50e+2}')).toBe('{\n  "id": 12345678901234567890,\n  "id": 1.50e+2\n}')
  })

  it('stays as it came where it cannot be read, and is told where it breaks', () => {
    for (const raw of ['{"a":1', '[1]', 'x', '']) expect(indented(raw)).toBe(raw)
    expect(textFault('{"a":1}')).toBeUndefined()
    expect(textFault('[1]')).toEqual({ kind: 'object' })
    expect(textFault('{\n  "a": 1,\n  b\n}')).toEqual({ kind: 'json', line: 3, column: 3 })
    expect(textFault('{"a":1')).toMatchObject({ kind: 'json', line: 1 })
  })
})
