import type { ParseKeys, TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { type Locale, preferredLocale } from './i18n.ts'

/** A key of the texts. */
export type TextKey = ParseKeys
export type Text = TFunction

/** The texts in the language of the page. */
export function useText(): Text {
  return useTranslation().t
}

export function useLocale(): Locale {
  return preferredLocale([useTranslation().i18n.language])
}
