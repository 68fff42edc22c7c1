import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import enFirst from '../i18n/en.json'
import enPages from '../i18n/en.pages.json'
import { spansOffered, statusWords, toneOf, typedParameters } from './sent-links.ts'

beforeAll(async () => {
  await i18next.init({
    lng: 'en',
    fallbackLng: false,
    resources: { en: { translation: { ...enFirst, ...enPages } } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
})

const link = { status: null, unasked: null, is_doubted: false } as const

test.each([
  [link, 'not asked for yet', 'quiet'],
  [{ ...link, is_doubted: true }, 'the first answer failed; asked again soon', 'doubt'],
  [{ ...link, unasked: 'acts' }, 'never asked for: opening it may do something', 'quiet'],
  [{ ...link, status: { kind: 'alive' } }, 'alive', 'good'],
  [{ ...link, status: { kind: 'broken', why: 'gone' } }, 'broken: there is no such page', 'bad'],
  [{ ...link, status: { kind: 'elsewhere', to: 'https://b.example/' } }, 'leads elsewhere: https://b.example/', 'doubt'],
  [{ ...link, status: { kind: 'silent', status: 403 } }, 'does not tell: it answers 403 to the server', 'quiet'],
  [{ ...link, status: { kind: 'alive' }, is_doubted: true }, 'alive, but the last answer failed', 'doubt'],
] as const)('a link says how it stands: %o', (it, words, tone) => {
  expect(statusWords(it, i18next.t)).toBe(words)
  expect(toneOf(it)).toBe(tone)
})

test('parameters are typed by commas or blanks, each once', () => {
  expect(typedParameters(' id, page  id,')).toEqual(['id', 'page'])
  expect(typedParameters('')).toEqual([])
})

test('a span that is not usual is offered too', () => {
  expect(spansOffered('1d')).toHaveLength(5)
  expect(spansOffered('3d').at(-1)).toBe('3d')
})
