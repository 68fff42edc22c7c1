import { makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'serve', args: [] })

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

type Found = { readonly profiles: readonly { readonly id: number; readonly label: string; readonly events_count: number }[] }

test('the likely are compared, joined, dismissed and suggested again, and two are joined by hand and parted', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'likely')
  await sendBatch(server(), writeKey, [
    { type: 'identify', userId: 'ann', traits: { email: 'ann.lee@example.org', name: 'Ann Lee', city: 'Oslo' }, timestamp: minutesAgo(90) },
    { type: 'track', event: 'Order Placed', userId: 'ann', timestamp: minutesAgo(85) },
    { type: 'identify', anonymousId: 'form-1', traits: { email: 'ann.le@example.org', name: 'Lee, Ann', plan: 'pro' }, timestamp: minutesAgo(80) },
    { type: 'track', event: 'Page Seen', anonymousId: 'form-1', timestamp: minutesAgo(75) },
    { type: 'identify', userId: 'bob', traits: { name: 'Bob Ray', city: 'Rome', plan: 'free' }, timestamp: minutesAgo(70) },
    { type: 'identify', anonymousId: 'till-1', traits: { name: 'Bob Ray', city: 'ROME' }, timestamp: minutesAgo(60) },
    { type: 'identify', userId: 'carla', traits: { name: 'Carla Diaz' }, timestamp: minutesAgo(50) },
    { type: 'track', event: 'Page Seen', anonymousId: 'kiosk', timestamp: minutesAgo(40) },
  ])
  const find = async (text: string) => (await api.get<Found>(`/w/${ws}/profiles?q=${encodeURIComponent(text)}`)).profiles
  await expect.poll(async () => (await find('kiosk')).length).toBe(1)
  const listed = () => api.get<{ readonly suggestions: readonly unknown[]; readonly dismissed: readonly unknown[] }>(`/w/${ws}/identity/suggestions`)
  await expect.poll(async () => (await listed()).suggestions.length).toBe(2)

  // Each pair has its reasons with their weight; nothing is joined yet.
  await openPage(page, `${server().url}/w/${ws}/identity`)
  const suggestions = page.getByRole('list', { name: 'Suggestions' })
  await expect(suggestions.getByRole('button', { name: /^Compare/ })).toHaveCount(2)
  await expect(suggestions).toContainText('Emails a slip apart: ann.lee@example.org, ann.le@example.org')
  await expect(suggestions).toContainText('Same city: rome')
  await expectAccessible(page)

  // Dismissing needs a reason, and can be taken back.
  await suggestions.getByRole('button', { name: 'Dismiss Bob Ray and Bob Ray' }).click()
  const dismissing = page.getByRole('dialog', { name: 'Dismiss a suggestion' })
  await dismissing.getByLabel('Why').fill('Father and son')
  await dismissing.getByRole('button', { name: 'Dismiss' }).click()
  await expect(suggestions.getByRole('button', { name: /^Compare/ })).toHaveCount(1)
  await page.getByText('1 dismissed').click()
  const dismissed = page.getByRole('list', { name: 'Dismissed suggestions' })
  await expect(dismissed).toContainText('Father and son')
  await expectAccessible(page)
  await dismissed.getByRole('button', { name: /^Suggest/ }).click()
  await expect(suggestions.getByRole('button', { name: /^Compare/ })).toHaveCount(2)

  // Both stand side by side before they are joined.
  await suggestions.getByRole('button', { name: /^Compare Ann Lee and/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Join two profiles' })
  const sides = dialog.getByRole('table', { name: 'Both profiles side by side' })
  await expect(sides.getByRole('row', { name: /^plan/ })).toContainText('pro')
  await expect(dialog.getByRole('status')).toContainText('one profile with 2 events')
  await expect(dialog.getByRole('button', { name: 'Join' })).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page)
  await dialog.getByLabel('Why').fill('She called us')
  await dialog.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByText('They are joined')).toBeVisible()
  await expect.poll(async () => (await find('ann.le@example.org')).map((it) => it.events_count)).toEqual([2])

  // By hand: two user ids cannot be one profile, a browser can be joined to one.
  const carla = (await find('carla'))[0]
  await openPage(page, `${server().url}/w/${ws}/profiles/${carla?.id}`)
  const search = async (text: string, label: string) => {
    await dialog.getByRole('searchbox').fill(text)
    await dialog.getByRole('list', { name: 'Profiles that were found' }).getByRole('button', { name: label }).click()
  }
  await page.getByRole('button', { name: 'Join with another profile…' }).click()
  await expectAccessible(page)
  await search('ann', 'Ann')
  await expect(dialog.getByRole('alert')).toContainText('a profile holds one at most')
  await dialog.getByRole('button', { name: 'Choose another' }).click()
  await search('kiosk', 'kiosk')
  await expect(dialog.getByRole('status')).toContainText('one profile with 1 event')
  await dialog.getByLabel('Why').fill('Her tablet')
  await dialog.getByRole('button', { name: 'Join' }).click()
  const done = page.getByText('They are joined')
  await expect(done).toBeVisible()
  await expect.poll(async () => (await find('kiosk')).map((it) => it.id)).toEqual([carla?.id])

  // Parting takes it back.
  await page.getByRole('button', { name: 'Part', exact: true }).click()
  await expect(page.getByText('They are two people now')).toBeVisible()
  await expect.poll(async () => (await find('kiosk')).map((it) => it.id)).not.toEqual([carla?.id])
  await api.close()
})
