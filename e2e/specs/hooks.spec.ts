import { createHmac } from 'node:crypto'
import { expectAccessible } from '../harness/axe.ts'
import { type Api, makeWorkspace, openApi } from '../harness/api.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  api = await openApi(server())
  await makeWorkspace(api, 'hooked', 'A shop with webhooks')
})
test.afterAll(() => api?.close())

const SECRET = 'shop-secret'
const pageUrl = () => `${server().url}/w/hooked/sources?tab=hooks`
let address = ''

/** What the shop sends, signed with this secret. */
async function deliver(body: string, secret: string): Promise<number> {
  const answer = await fetch(address, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-event-id': 'act-1',
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    },
  })
  return answer.status
}

const order = JSON.stringify({
  id: 5001,
  name: '#5001',
  email: 'mara@example.com',
  total_price: '49.90',
  currency: 'EUR',
  source_name: 'web',
  customer: { id: 77, email: 'mara@example.com', first_name: 'Mara', last_name: 'Novak' },
  line_items: [{ sku: 'LAMP', title: 'Lamp', quantity: 1, price: '49.90' }],
})

test('a webhook of Shopify is made, and its address and what is missing are shown', async ({ page }) => {
  await openPage(page, pageUrl())
  await expect(page.getByText('No webhook yet')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Make a webhook' }).click()
  const card = page.getByRole('list', { name: 'Webhooks' }).getByRole('listitem').first()
  await expect(card.getByText('secret missing')).toBeVisible()
  address = await card.locator('code').filter({ hasText: '/hooks/' }).innerText()
  expect(address).toContain('/hooks/tlh_')
  await expectAccessible(page)
})

test('what is signed with another secret is refused, counted and told', async ({ page }) => {
  await openPage(page, pageUrl())
  await page.getByRole('button', { name: 'Details of Shopify' }).click()
  await page.getByLabel('Signing secret').fill(SECRET)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('nothing arrived yet')).toBeVisible()
  expect(await deliver(order, 'guess')).toBe(401)
  await expect(page.getByText('1 request refused')).toBeVisible({ timeout: 15_000 })
  await expect(page.getByText('the signature does not fit').first()).toBeVisible({ timeout: 15_000 })
})

test('a signed order is taken once, and the customer is there with it', async ({ page }) => {
  expect(await deliver(order, SECRET)).toBe(200)
  expect(await deliver(order, SECRET)).toBe(200)
  await openPage(page, pageUrl())
  await expect(page.getByText('1 event · 1 came again')).toBeVisible({ timeout: 15_000 })
  await openPage(page, `${server().url}/w/hooked/profiles?q=mara%40example.com`)
  await page.getByRole('link', { name: /Mara/ }).first().click()
  await expect(page.getByText('order_completed').or(page.getByText('Order completed')).first()).toBeVisible()
})

test('anything else is mapped by hand from its last arrival', async ({ page }) => {
  await openPage(page, pageUrl())
  await page.getByLabel('Product').selectOption('generic')
  await page.getByLabel('Name').fill('Till')
  await page.getByRole('button', { name: 'Make a webhook' }).click()
  const card = page.getByRole('list', { name: 'Webhooks' }).getByRole('listitem').filter({ hasText: 'Till' }).first()
  const till = await card.locator('code').filter({ hasText: '/hooks/' }).innerText()
  const receipt = (id: number) => JSON.stringify({ id, event: 'receipt_printed', email: 'mara@example.com', total: 12.5 })
  expect((await fetch(till, { method: 'POST', body: receipt(1) })).status).toBe(200)
  await expect(card.getByLabel('Sample')).toHaveValue(/receipt_printed/, { timeout: 15_000 })
  await expect(card.getByRole('region', { name: 'What the first rows become' })).toContainText('receipt_printed')
  await expectAccessible(page)
  await card.getByRole('button', { name: 'Use this mapping' }).click()
  await expect(page.getByText('The mapping is used from now on').first()).toBeVisible()
  const answer = await fetch(till, { method: 'POST', body: receipt(2) })
  expect(await answer.json()).toEqual({ success: true, accepted: 1, held: 0 })
})

test('a webhook is paused, and deleted with what it brought', async ({ page }) => {
  await openPage(page, pageUrl())
  await page.getByRole('button', { name: 'Pause Shopify' }).click()
  await expect(page.getByText('paused', { exact: true })).toBeVisible()
  expect(await deliver(order, SECRET)).toBe(503)
  await page.getByRole('button', { name: 'Details of Shopify' }).click()
  await page.getByRole('button', { name: 'Delete this webhook' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete with 1 event' }).click()
  await expect(page.getByRole('button', { name: 'Details of Shopify' })).toBeHidden()
  expect(await deliver(order, SECRET)).toBe(404)
})
