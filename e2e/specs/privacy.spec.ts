import { makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'serve', args: [] })

test('what people agreed to is shown with its proof, and rules of masking are tried and saved', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'shop')
  const events = [
    { type: 'track', event: 'consent_changed', userId: 'ann', properties: { purpose: 'marketing', state: 'granted', version: 'v2' } },
    { type: 'track', event: 'Email Unsubscribed', userId: 'ann', properties: { note: 'of ben@example.org' } },
  ]
  await sendBatch(server(), writeKey, events.map((it, at) => ({ ...it, timestamp: new Date(Date.now() - (90 - at) * 60_000).toISOString() })))
  const find = () => api.get<{ readonly profiles: readonly { readonly id: number; readonly events_count: number }[] }>(`/w/${ws}/profiles?q=ann`)
  await expect.poll(async () => (await find()).profiles.map((it) => it.events_count)).toEqual([2])
  await openPage(page, `${server().url}/w/${ws}/profiles/${(await find()).profiles[0]?.id}`)
  const about = page.locator('aside', { hasText: 'Consent' })
  await expect(about).toContainText('by Email Unsubscribed')
  await about.getByText('2 statements').click()
  await expect(about).toContainText('Text: v2')
  await expectAccessible(page)

  await openPage(page, `${server().url}/w/${ws}/privacy`)
  const save = page.getByRole('button', { name: 'Save rules' })
  await page.getByLabel('E-mail addresses in Other texts').selectOption({ label: 'Mask' })
  await page.getByRole('button', { name: 'Try on the latest events' }).click()
  await expect(page.getByRole('table', { name: 'Texts that would be masked' })).toContainText('of ***email***')
  await expectAccessible(page)
  await save.click()
  await expect(page.getByText('Saved')).toBeVisible()
  await sendBatch(server(), writeKey, [{ type: 'track', event: 'Asked', userId: 'ann', properties: { note: 'of ben@example.org' } }])
  const live = () => api.get<{ readonly events: readonly { readonly name: string; readonly properties: unknown }[] }>(`/w/${ws}/live`)
  await expect.poll(async () => (await live()).events[0]?.properties).toEqual({ note: 'of ***email***' })

  // A purpose that is added is one that people can be asked for.
  await page.getByLabel('New purpose').fill('Product news')
  await page.getByRole('region', { name: 'Purposes of consent' }).getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('button', { name: 'Save purposes' }).click()
  await expect.poll(async () => (await api.get<{ readonly version: number }>(`/w/${ws}/privacy/consent`)).version).toBe(1)
})
