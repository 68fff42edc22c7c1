/** Each language by its own name, whatever the page is in. */
export const localeNames = { en: 'English', 'zh-CN': '简体中文', 'zh-TW': '繁體中文' } as const

/** A day of the week, from 1 for Monday. The 5th of January 1970 was one. */
export function weekdayName(weekday: number, locale: string, length: 'short' | 'long'): string {
  return new Intl.DateTimeFormat(locale, { weekday: length, timeZone: 'UTC' }).format(new Date(Date.UTC(1970, 0, 4 + weekday)))
}
