import { expect, test } from 'vitest'
import { fieldChoices, isToldOf, isTrait, traitChoices, withChosen } from './field-choices.ts'

const text = ((key: string, values?: Record<string, unknown>) => (values === undefined ? key : `${key} ${Object.values(values).join(' ')}`)) as Parameters<typeof fieldChoices>[1]
const told = { traits: ['plan', 'a.b'], accounts: [{ account_type: 'company', traits: ['tier'] }, { account_type: 'a.b', traits: ['plan'] }] }
const paths = (choices: readonly { readonly value: string }[]) => choices.map((it) => it.value)

test('traits of people and of their accounts stand behind fields', () => {
  expect(paths(traitChoices(told, null, text))).toEqual(['traits.plan', 'traits.a.b', 'accounts.company.tier', 'accounts.a\\.b.plan'])
  expect(traitChoices(told, null, text)[2]?.label).toBe('fieldName.ofType company tier')
})

test('where accounts are counted only their own traits are there', () => {
  expect(paths(traitChoices(told, 'company', text))).toEqual(['accounts.company.tier'])
  expect(traitChoices(told, 'team', text)).toEqual([])
  expect(['channel', 'traits.plan', 'accounts.company.tier', 'accounts.team.tier'].map((it) => isToldOf(it, 'company'))).toEqual([true, false, true, false])
  expect(isToldOf('traits.plan', null)).toBe(true)
})

test('what is chosen is there, seen or not, and once', () => {
  const fields = fieldChoices(['stage'], text)
  expect(paths(withChosen(fields, ['stage', '', null, 'traits.gone', 'traits.gone'], text))).toEqual([...paths(fields), 'traits.gone'])
  expect(isTrait('traits.gone')).toBe(true)
  expect(isTrait('properties.traits')).toBe(false)
})
