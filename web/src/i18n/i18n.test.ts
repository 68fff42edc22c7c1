import { expect, test } from 'vitest'
import { preferredLocale } from './i18n.ts'

test.each([
  [['zh-Hant-HK', 'en'], 'zh-TW'],
  [['zh'], 'zh-CN'],
  [['fr', 'zh-SG'], 'zh-CN'],
  [['de-DE', 'en-GB'], 'en'],
  [[], 'en'],
])('%j reads %s', (wanted, locale) => {
  expect(preferredLocale(wanted)).toBe(locale)
})
