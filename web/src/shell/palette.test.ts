import { expect, test } from 'vitest'
import { type Entry, findEntries } from './palette.ts'

const entry = (title: string, group = 'pages', note?: string): Entry => ({
  key: title,
  group,
  title,
  icon: 'home',
  run: () => undefined,
  ...(note === undefined ? {} : { note }),
})

const titles = (entries: readonly Entry[]) => entries.map((it) => it.title)

test('nothing typed shows everything', () => {
  expect(titles(findEntries([entry('Home'), entry('Maps')], '  '))).toEqual(['Home', 'Maps'])
})

test('every word must be there, in any order, in title or note', () => {
  const entries = [entry('Checkout map', 'maps', 'purchase'), entry('Sign-up map', 'maps', 'sign_up')]
  expect(titles(findEntries(entries, 'purchase check'))).toEqual(['Checkout map'])
})

test('titles that begin with the word come first within their group', () => {
  const entries = [entry('Remap'), entry('Map'), entry('The map', 'maps'), entry('Map of sales', 'maps')]
  expect(titles(findEntries(entries, 'map'))).toEqual(['Map', 'Remap', 'Map of sales', 'The map'])
})

test('full-width letters are the same letters', () => {
  expect(titles(findEntries([entry('ＣＲＭ 客户'), entry('地图')], 'crm'))).toEqual(['ＣＲＭ 客户'])
})
