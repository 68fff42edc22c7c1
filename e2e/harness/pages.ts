import { expect, type Page } from '@playwright/test'

/** The pages of a workspace, as paths below it. A page that is missing here fails `looks.spec.ts`. */
export const pagePaths = ['', '/live', '/maps', '/targets', '/decisions', '/trends', '/funnel', '/paths', '/bottlenecks', '/promises', '/time', '/retention', '/attribution', '/campaigns', '/lift', '/drivers', '/reasons', '/choice', '/topics', '/unexpected', '/leaving', '/difference', '/channels', '/switches', '/heatmap', '/page-map', '/sql', '/dashboards', '/reports', '/profiles', '/accounts', '/objects', '/research', '/links', '/segments', '/customers', '/sources', '/catalogue', '/quality', '/vocabulary', '/identity', '/privacy', '/settings'] as const

/** Opens a page and waits until it has its heading and shows nothing that is still loading. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 })
}
