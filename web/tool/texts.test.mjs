import { expect, test } from 'vitest'
import { compareLanguages, findUnused, readSources } from './texts.mjs'

/** @param {import('./texts.mjs').Tree} en @param {import('./texts.mjs').Tree} zh */
const compare = (en, zh) => compareLanguages(new Map([['en', en], ['zh-CN', zh]]))

test('complete languages have no fault', () => {
  const en = { a: { b: 'Hello {{name}}' }, people_one: '{{count}} profile', people_other: '{{count}} profiles' }
  expect(compare(en, { a: { b: '你好 {{name}}' }, people_other: '{{count}} 位客户' })).toEqual([])
})

test('a missing and a surplus key are named', () => {
  expect(compare({ a: 'A', b: 'B' }, { a: '甲', c: '丙' })).toEqual(['zh-CN: b is missing', 'zh-CN: c is not in en'])
})

test('a plural needs every form that its language has', () => {
  expect(compare({ people_one: '{{count}}' }, { people_other: '{{count}}' })).toEqual(['en: people_other is missing'])
})

test('placeholders must be the same', () => {
  expect(compare({ a: '{{count}} of {{total}}' }, { a: '{{count}}' })).toEqual([
    'zh-CN: a has the placeholders [count], en has [count, total]',
  ])
})

test('texts in the code are found, keys and signs are not', () => {
  const code = `const X = () => <p title="Save it" id="main">Hello {text('a.b')} · <b>{\`channel.\${it}\`}</b></p>`
  const { literals, beginnings, faults } = readSources([{ name: 'x.tsx', code }])
  expect(faults).toEqual([
    'x.tsx:1: "Save it" is written outside the languages',
    'x.tsx:1: "Hello" is written outside the languages',
  ])
  expect(literals.has('a.b')).toBe(true)
  expect(beginnings.has('channel.')).toBe(true)
})

test('a key that nothing asks for is unused', () => {
  const tree = { a: { b: 'B', c: 'C' }, channel: { web: 'Web' }, people_one: '1', people_other: 'n' }
  expect(findUnused(tree, new Set(['a.b', 'people']), new Set(['channel.']))).toEqual(['a.c'])
})
