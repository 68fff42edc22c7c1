import { type Api, expectEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'letters')
  const click = (userId: string, url: string) => ({ type: 'track', userId, event: 'message_clicked', properties: { url, campaign: 'Spring' } })
  await sendBatch(server(), writeKey, [click('ana', 'https://shop.example/sale?u=ana'), click('ben', 'https://shop.example/sale?u=ben')])
  await expectEvents(api, ws, 'message_clicked', { events: 2, profiles: 2 })
})
test.afterAll(() => api?.close())

test('a link is registered, and the page says what to send and that nothing is asked for yet', async ({ page }) => {
  await openPage(page, `${server().url}/w/letters/links`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Links')
  await expect(page.getByText('No link is kept yet')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Register a link' }).click()
  const dialog = page.getByRole('dialog', { name: 'Register a link' })
  await dialog.getByRole('textbox', { name: 'Address' }).fill('javascript:alert(1)')
  await dialog.getByRole('button', { name: 'Register' }).click()
  await expect(dialog.getByText('begins with https://')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Address' }).fill('https://shop.example/sale')
  await dialog.getByRole('textbox', { name: 'While it is broken, lead to' }).fill('https://shop.example/')
  await dialog.getByRole('button', { name: 'Register' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Address to send' })).toHaveValue(/\/l\/[\w-]{16}$/)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  const row = page.getByRole('row').nth(1)
  await expect(row).toContainText('https://shop.example/sale')
  await expect(row).toContainText('not asked for yet')
  await expect(row).toContainText('Spring')
  await expectAccessible(page)
})

test('looking is turned on, and an address inside is told to be refused', async ({ page }) => {
  await openPage(page, `${server().url}/w/letters/links`)
  const settings = page.getByRole('region', { name: 'How links are looked at' })
  await settings.getByRole('combobox', { name: 'Looking' }).selectOption({ value: 'on' })
  await settings.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved how links are looked at')).toBeVisible()
  await page.getByRole('button', { name: 'Register a link' }).click()
  const dialog = page.getByRole('dialog', { name: 'Register a link' })
  await dialog.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/x')
  await dialog.getByRole('button', { name: 'Register' }).click()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('button', { name: 'Look at http://127.0.0.1:9/x now' }).click()
  await expect(page.getByRole('row').filter({ hasText: '127.0.0.1:9' })).toContainText('not asked for:')
  await expectAccessible(page)
})
