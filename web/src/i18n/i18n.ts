import i18next, { type TFunction } from 'i18next'
import { createStore } from '../lib/store.ts'
import type en from './en.json'

export const locales = ['en', 'zh-CN', 'zh-TW'] as const
export type Locale = (typeof locales)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
    returnNull: false
  }
}

/** The language of the page. One object for all parts, so that a part costs nothing to ask for its texts. */
export type Language = { readonly locale: Locale; readonly text: TFunction }

export const language = createStore<Language>({ locale: 'en', text: i18next.t })

const KEPT_AS = 'throughline.locale'

const texts: Record<Locale, () => Promise<{ readonly default: object }>> = {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh-cn.json'),
  'zh-TW': () => import('./zh-tw.json'),
}

/** The language a person most likely reads, from what browsers report. */
export function preferredLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase()
    if (lower.startsWith('zh')) return /hant|tw|hk|mo/.test(lower) ? 'zh-TW' : 'zh-CN'
    if (lower.startsWith('en')) return 'en'
  }
  return 'en'
}

/** Loads the texts of one language before anything is drawn. */
export async function startLanguage(): Promise<void> {
  const kept = localStorage.getItem(KEPT_AS)
  const locale = preferredLocale(kept === null ? navigator.languages : [kept])
  const { default: translation } = await texts[locale]()
  await i18next.init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  show(locale)
}

/** Changes the language of everything that is shown, and remembers it in this browser. */
export async function changeLanguage(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, 'translation')) {
    const { default: translation } = await texts[locale]()
    i18next.addResourceBundle(locale, 'translation', translation)
  }
  await i18next.changeLanguage(locale)
  localStorage.setItem(KEPT_AS, locale)
  show(locale)
}

function show(locale: Locale): void {
  document.documentElement.lang = locale
  language.set({ locale, text: i18next.getFixedT(locale) })
}
