import type { Page } from '@playwright/test'
import { expectAccessible } from '../harness/axe.ts'
import { type Api, makeWorkspace, openApi } from '../harness/api.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  api = await openApi(server())
  await makeWorkspace(api, 'money', 'A shop that advertises')
})
test.afterAll(() => api?.close())

async function choose(page: Page, name: string, text: string): Promise<void> {
  await openPage(page, `${server().url}/w/money/sources?tab=costs`)
  await page.getByLabel('Choose a file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await expect(page.getByText('What the columns mean')).toBeVisible()
}

test('a file of costs is looked at, its faults are named, and the rest is stored', async ({ page }) => {
  await choose(page, 'ads.csv', 'Day,Campaign,Cost,Clicks\n2026-03-01,spring,100.10,7\n2026-03-02,spring,0.20,1\n2026-03-03,spring,NaN,1\n')
  await page.getByLabel('Currency of all rows').fill('eur')
  await expect(page.getByText('€100.30 in all')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Rows that cannot be used' })).toContainText('Row 4')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Store without the faulty rows' }).click()
  await expect(page.getByText('€100.30 in all, 8 clicks')).toBeVisible()
  await expectAccessible(page)
})

test('the same day again is replaced, and comes back when the import is undone', async ({ page }) => {
  await choose(page, 'restated.csv', 'Day,Campaign,Cost,Currency,Clicks\n2026-03-02,spring,50,EUR,2\n')
  await expect(page.getByText('0 days of campaigns are new, 1 are replaced')).toBeVisible()
  await page.getByRole('button', { name: 'Store', exact: true }).click()
  await expect(page.getByText('€150.10 in all, 9 clicks')).toBeVisible()
  await page.getByRole('listitem').filter({ hasText: 'restated.csv' }).getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('€100.30 in all, 8 clicks')).toBeVisible()
})

test('a file in another currency is refused before it is stored', async ({ page }) => {
  await choose(page, 'dollars.csv', 'Day,Campaign,Cost,Currency\n2026-03-02,spring,50,USD\n')
  await expect(page.getByRole('alert').filter({ hasText: 'EUR' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Store', exact: true })).toHaveAttribute('aria-disabled', 'true')
  await openPage(page, `${server().url}/w/money/sources?tab=costs`)
  await expect(page.getByText('€100.30 in all, 8 clicks')).toBeVisible()
})
