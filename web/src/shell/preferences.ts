import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { changeMember } from '../api/session.ts'
import { changeLanguage, type Locale } from '../i18n/i18n.ts'

export const schemes = ['light', 'dark', 'auto'] as const satisfies readonly MantineColorScheme[]


export function useScheme(): { readonly scheme: MantineColorScheme; readonly setScheme: (scheme: MantineColorScheme) => void } {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return { scheme: colorScheme, setScheme: setColorScheme }
}

/** Changes the language here at once, and for this member everywhere. */
export async function chooseLanguage(locale: Locale): Promise<void> {
  await changeLanguage(locale)
  await changeMember({ locale })
}
