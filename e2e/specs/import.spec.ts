import type { Page } from '@playwright/test'
import { expectAccessible } from '../harness/axe.ts'
import { type Api, countEvents, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const CUSTOMERS_COUNT = 40
const server = serve()
let api: Api

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  api = await openApi(server())
  await makeWorkspace(api, 'files', 'A shop from a file')
})
test.afterAll(() => api?.close())

/** Everyone looks, every second fills the cart, every fourth pays. */
function shop(): string {
  const rows = ['customer,event,time,price']
  for (let customer = 0; customer < CUSTOMERS_COUNT; customer += 1) {
    const at = (minute: number) => new Date(Date.UTC(2026, 2, 1 + (customer % 20), 9, minute)).toISOString()
    rows.push(`c-${customer},product_viewed,${at(0)},59`)
    if (customer % 2 === 0) rows.push(`c-${customer},product_added,${at(10)},59`)
    if (customer % 4 === 0) rows.push(`c-${customer},order_placed,${at(25)},59`)
  }
  return `${rows.join('\n')}\n`
}

async function importFile(page: Page, text: string): Promise<void> {
  await openPage(page, `${server().url}/w/files/sources?tab=import`)
  await page.getByLabel('Choose a file').setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await expect(page.getByText('What the columns mean')).toBeVisible()
  await page.getByRole('combobox', { name: 'Known customer' }).selectOption('customer')
  await page.getByRole('combobox', { name: 'Event', exact: true }).selectOption('event')
  await page.getByRole('combobox', { name: 'Time', exact: true }).selectOption('time')
  const preview = page.getByRole('region', { name: 'What the first rows become' })
  await expect(preview.getByText('product_viewed').first()).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
}

test('a file becomes events, counted row by row', async ({ page }) => {
  await importFile(page, shop())
  await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 60_000 })
  await expectAccessible(page)
  await expectEvents(api, 'files', 'product_viewed', { events: 40, profiles: 40 })
  await expectEvents(api, 'files', 'product_added', { events: 20, profiles: 20 })
  await expectEvents(api, 'files', 'order_placed', { events: 10, profiles: 10 })
})

test('the same file again changes nothing', async ({ page }) => {
  await importFile(page, shop())
  await expect(page.getByText('done', { exact: true })).toHaveCount(2, { timeout: 60_000 })
  expect(await countEvents(api, 'files', 'product_viewed')).toEqual({ events: 40, profiles: 40 })
})
