import { changeLanguage, type Locale } from '../i18n/i18n.ts'
import { changeMember } from './session.ts'

/** Changes the language here at once, and for this member everywhere. */
export async function chooseLanguage(locale: Locale): Promise<void> {
  await changeLanguage(locale)
  await changeMember({ locale })
}
