import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { expectAccessibleWords, expectContrast } from './axe.ts'
import { pictureFolder } from './environment.ts'

/** The languages in which every page has to hold. */
export const languages = ['en', 'zh-CN', 'zh-TW'] as const

export type Language = (typeof languages)[number]

/** The part of the page that is not the same on all of them. */
const OWN = 'main'

/**
 * Fails when the page as it stands breaks a rule in one of the schemes.
 *
 * The scheme changes colors only, and no color depends on the language, so that colors are looked at in both schemes and
 * one language, and the rest in all languages and one scheme. Of what stands around every page, `expectFrame` looks at
 * the colors. Pictures are kept of all where THROUGHLINE_PICTURES names a folder.
 */
export async function expectLooks(page: Page, name: string, language: Language): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', language)
  await expectAccessibleWords(page)
  if (language !== 'en' && pictureFolder === undefined) return
  await inBothSchemes(page, async (colorScheme) => {
    await picture(page, `${name}-${language}-${colorScheme}`)
    await expectContrast(page, OWN)
  })
}

/** Fails when colors are too near each other anywhere on the page, in one of the schemes. */
export async function expectFrame(page: Page): Promise<void> {
  await inBothSchemes(page, () => expectContrast(page, 'html'))
}

async function inBothSchemes(page: Page, look: (colorScheme: 'light' | 'dark') => Promise<void>): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    await look(colorScheme)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictureFolder === undefined) return
  await mkdir(pictureFolder, { recursive: true })
  await page.screenshot({ path: join(pictureFolder, `${name}.png`) })
}
