import i18next from 'i18next'
import { expect, test, vi } from 'vitest'
import { loadPageTexts, preferredLocale, startLanguage } from './i18n.ts'

test.each([
  [['zh-Hant-HK', 'en'], 'zh-TW'],
  [['zh'], 'zh-CN'],
  [['fr', 'zh-SG'], 'zh-CN'],
  [['de-DE', 'en-GB'], 'en'],
  [[], 'en'],
])('%j reads %s', (wanted, locale) => {
  expect(preferredLocale(wanted)).toBe(locale)
})

test('a page that is opened before the first texts are here has its own, in the same language', async () => {
  vi.stubGlobal('localStorage', { getItem: () => 'zh-TW' })
  vi.stubGlobal('document', { documentElement: { lang: '' } })
  await Promise.all([loadPageTexts(), startLanguage()])
  expect(i18next.t('dashboard.use')).toBe('使用')
  expect(document.documentElement.lang).toBe('zh-TW')
  expect(i18next.t('catalogue.count', { count: 1_204_332 })).toContain('1,204,332')
  vi.unstubAllGlobals()
})
