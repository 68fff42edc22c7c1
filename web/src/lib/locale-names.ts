/** Each language by its own name, whatever the page is in. */
export const localeNames = { en: 'English', 'zh-CN': '简体中文', 'zh-TW': '繁體中文' } as const
