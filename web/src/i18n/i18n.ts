import i18next, { type FormatterModule, type TFunction } from 'i18next'
import { formatCount } from '../lib/format.ts'
import { createStore } from '../lib/store.ts'
import type en from './en.json'
import type enPages from './en.pages.json'

export const locales = ['en', 'zh-CN', 'zh-TW'] as const
export type Locale = (typeof locales)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof enPages }
    returnNull: false
  }
}

/** The language of the page. One object for all parts, so that a part costs nothing to ask for its texts. */
export type Language = { readonly locale: Locale; readonly text: TFunction }

export const language = createStore<Language>({ locale: 'en', text: i18next.t })

const KEPT_AS = 'throughline.locale'

type Texts = Record<Locale, () => Promise<{ readonly default: object }>>

/** What the first page and the frame around all pages need. */
const texts: Texts = {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh-cn.json'),
  'zh-TW': () => import('./zh-tw.json'),
}

/** What only the other pages need. */
const pageTexts: Texts = {
  en: () => import('./en.pages.json'),
  'zh-CN': () => import('./zh-cn.pages.json'),
  'zh-TW': () => import('./zh-tw.pages.json'),
}

/** Set once a page was opened that needs the texts of pages: from then on every language has them. */
let hasPages = false

/** The language a person most likely reads, from what browsers report. */
export function preferredLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase()
    if (lower.startsWith('zh')) return /hant|tw|hk|mo/.test(lower) ? 'zh-TW' : 'zh-CN'
    if (lower.startsWith('en')) return 'en'
  }
  return 'en'
}

/** Writes the number that decides between one and several as numbers are written, in every text. */
const formatter: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value, _, locale = 'en', options = {}) => (options['interpolationkey'] === 'count' && typeof value === 'number' ? formatCount(value, locale) : value),
}

let started: Promise<void> | undefined

/** Loads the texts of one language before anything is drawn; once, whoever asks first. */
export function startLanguage(): Promise<void> {
  started ??= start()
  return started
}

async function start(): Promise<void> {
  const kept = localStorage.getItem(KEPT_AS)
  const locale = preferredLocale(kept === null ? navigator.languages : [kept])
  // A page that is opened before these texts are here has to know in which language to come.
  language.set({ ...language.get(), locale })
  const { default: translation } = await texts[locale]()
  await i18next.use(formatter).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation } },
    // React escapes what it shows.
    interpolation: { escapeValue: false, alwaysFormat: true },
    returnNull: false,
    // A name of a text is never for people: the tests of pages fail on what is said here.
    parseMissingKeyHandler: (key: string) => {
      console.error('there is no text for', key)
      return key
    },
  })
  show(locale)
}

/** Loads the texts of the pages that are opened after the first, in the language of the page. */
export async function loadPageTexts(): Promise<void> {
  hasPages = true
  const start = startLanguage()
  const { locale } = language.get()
  // The start would drop what is added before it ends.
  const [{ default: translation }] = await Promise.all([pageTexts[locale](), start])
  add(locale, translation)
}

/** Changes the language of everything that is shown, and remembers it in this browser. */
export async function changeLanguage(locale: Locale): Promise<void> {
  await Promise.all([addTexts(texts, locale), hasPages ? addTexts(pageTexts, locale) : undefined])
  await i18next.changeLanguage(locale)
  localStorage.setItem(KEPT_AS, locale)
  show(locale)
}

/** Adds texts to those that are here. A file that was loaded before comes at once. */
async function addTexts(from: Texts, locale: Locale): Promise<void> {
  const { default: translation } = await from[locale]()
  add(locale, translation)
}

function add(locale: Locale, translation: object): void {
  i18next.addResourceBundle(locale, 'translation', translation, true)
}

function show(locale: Locale): void {
  document.documentElement.lang = locale
  language.set({ locale, text: i18next.getFixedT(locale) })
}
