import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'

const folder = new URL('../../web/src/i18n/', import.meta.url)
const groups = ['en.json', 'en.pages.json'].flatMap((name) => Object.keys(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as object))

/** Fails when the page shows the name of a text instead of the text. */
export async function expectTexts(page: Page): Promise<void> {
  const shown = await page.evaluate(() => {
    const texts: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode() !== null) texts.push(walker.currentNode.textContent?.trim() ?? '')
    const named = document.querySelectorAll('[aria-label], [title], [placeholder]')
    for (const element of named) for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '')
    return texts
  })
  const isKey = (text: string) => /^\w+(\.\w+)+$/.test(text) && groups.includes(text.slice(0, text.indexOf('.')))
  expect(shown.filter(isKey), page.url()).toEqual([])
}
