import type { ParseKeys, TFunction } from 'i18next'
import { useSelected } from '../lib/store.ts'
import { language, type Locale } from './i18n.ts'

/** A key of the texts. */
export type TextKey = ParseKeys
export type Text = TFunction

/** The texts in the language of the page. */
export function useText(): Text {
  return useSelected(language, (it) => it.text)
}

export function useLocale(): Locale {
  return useSelected(language, (it) => it.locale)
}
