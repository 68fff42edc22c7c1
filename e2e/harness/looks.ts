import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { expectAccessible, expectContrast } from './axe.ts'
import { pictureFolder } from './environment.ts'

/** The languages in which every page has to hold. */
export const languages = ['en', 'zh-CN', 'zh-TW'] as const

export type Language = (typeof languages)[number]

/**
 * Fails when the page as it stands breaks a rule in the light scheme, or lacks contrast in the dark one.
 *
 * The scheme changes colors only, and no color depends on the language, so that contrast in the dark is looked at in one.
 * Pictures are kept of both schemes in all of them where THROUGHLINE_PICTURES names a folder.
 */
export async function expectLooks(page: Page, name: string, language: Language): Promise<void> {
  const root = page.locator('html')
  await expect(root).toHaveAttribute('lang', language)
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light')
  await picture(page, `${name}-${language}-light`)
  await expectAccessible(page)
  if (language !== 'en' && pictureFolder === undefined) return
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await picture(page, `${name}-${language}-dark`)
  await expectContrast(page)
  await page.emulateMedia({ colorScheme: 'light' })
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictureFolder === undefined) return
  await mkdir(pictureFolder, { recursive: true })
  await page.screenshot({ path: join(pictureFolder, `${name}.png`) })
}
