import { makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'serve', args: [] })

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

test('twins become one name at one press, an event is described, hidden and blocked, and rules are taken back', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'shop')
  const ann = { type: 'track', userId: 'ann' }
  await sendBatch(server(), writeKey, [
    { ...ann, event: 'Order Completed', properties: { price: 5 }, timestamp: minutesAgo(90) },
    { ...ann, event: 'order_completed', properties: { price: '7' }, timestamp: minutesAgo(80) },
    { ...ann, event: 'order_completed', properties: { price: 9 }, timestamp: minutesAgo(70) },
    { ...ann, event: 'heartbeat', timestamp: minutesAgo(60) },
  ])
  const names = () => api.get<{ readonly names: readonly { readonly name: string; readonly events: number }[] }>(`/w/${ws}/events`)
  const told = async () => (await names()).names.map((it) => `${it.name} ${it.events}`)
  await expect.poll(told).toEqual(['order_completed 2', 'Order Completed 1', 'heartbeat 1'])

  await openPage(page, `${server().url}/w/${ws}/catalogue?tab=proposals`)
  const twins = page.getByRole('list', { name: 'Names that look alike' })
  await expect(twins).toContainText('Order Completed')
  await expect(page.getByRole('list', { name: 'Properties of several types' })).toContainText('properties.price')
  await expectAccessible(page)
  await twins.getByRole('button', { name: 'Make the rule' }).click()
  await expect.poll(told).toEqual(['order_completed 3', 'heartbeat 1'])
  await expect(twins).toBeHidden()

  await page.getByRole('radio', { name: 'Events' }).click()
  await page.getByRole('row', { name: /order_completed/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'order_completed' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Sent as' })).toContainText('Order Completed')
  await page.getByRole('button', { name: 'Describe' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'order_completed' })
  await dialog.getByLabel('Meaning').fill('An order was paid')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByText('An order was paid')).toBeVisible()
  await expectAccessible(page)

  await openPage(page, `${server().url}/w/${ws}/catalogue?event=heartbeat`)
  await page.getByRole('button', { name: 'Block' }).click()
  await expect(page.getByRole('button', { name: 'Let in again' })).toBeVisible()
  await expect.poll(told).toEqual(['order_completed 3'])

  await openPage(page, `${server().url}/w/${ws}/catalogue?tab=rules`)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Take back: Block heartbeat' }).click()
  await expect.poll(told).toEqual(['order_completed 3', 'heartbeat 1'])
  await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem')).toHaveCount(3)
})
