import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { pictureFolder } from './environment.ts'

/** The languages and schemes in which every page has to hold. */
export const looks = (['en', 'zh-CN', 'zh-TW'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ locale, colorScheme })),
)

export type Look = (typeof looks)[number]

/** Keeps a picture of the page, for people to look at. Only where THROUGHLINE_PICTURES names a folder. */
export async function picture(page: Page, name: string, look: Look): Promise<void> {
  if (pictureFolder === undefined) return
  await mkdir(pictureFolder, { recursive: true })
  await page.screenshot({ path: join(pictureFolder, `${name}-${look.locale}-${look.colorScheme}.png`) })
}
