import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Page, expect } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Fails with the rule, the element and the reason when the page breaks WCAG 2.2 AA or a best practice. */
export function expectAccessible(page: Page): Promise<void> {
  return expectRules(page, 'html', { preload: false })
}

/** The rules about colors. They take most of the time. */
const colors = ['color-contrast', 'link-in-text-block']

/** Fails where the colors of a part of the page are too near each other. */
export function expectContrast(page: Page, part: string): Promise<void> {
  return expectRules(page, part, { runOnly: colors, preload: false })
}

/** Fails when the page breaks any rule that is not about colors. */
export function expectAccessibleWords(page: Page): Promise<void> {
  return expectRules(page, 'html', { preload: false, rules: Object.fromEntries(colors.map((rule) => [rule, { enabled: false }])) })
}

async function expectRules(page: Page, part: string, options: RunOptions): Promise<void> {
  // Colors are measured on what is seen, so half-faded elements would be judged by a shade nobody reads.
  await page.evaluate(async () => {
    // What pulses as long as the page is open never finishes.
    const ends = (it: Animation) => Number.isFinite(Number(it.effect?.getComputedTiming().endTime))
    const fading = () => document.getAnimations().filter((it) => it.playState === 'running' && ends(it))
    // The end of one may begin another; a page that always moves is judged as it is.
    for (let round = 0; round < 10 && fading().length > 0; round += 1) {
      await Promise.allSettled(fading().map((it) => it.finished))
    }
  })
  await page.evaluate(await source)
  const results = await page.evaluate<AxeResults, [string, RunOptions]>(([within, rules]) => Reflect.get(globalThis, 'axe').run(within === 'html' ? document : within, rules), [part, options])
  const found = results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}) at ${node.target.join(' ')}: ${node.failureSummary}`),
  )
  expect(found, page.url()).toEqual([])
}
