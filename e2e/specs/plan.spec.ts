import type { Page } from '@playwright/test'
import { type Api, countEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { expectLooks, languages } from '../harness/looks.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'
import { expectTexts } from '../harness/texts.ts'

const server = serve({ command: 'serve', args: [] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const ordered = (minutes: number, properties: object) => ({ type: 'track', userId: `u${minutes}`, event: 'ordered', properties, timestamp: minutesAgo(minutes) })
const planPage = (ws: string) => `${server().url}/w/${ws}/catalogue?tab=plan`
const heldPage = (ws: string) => `${server().url}/w/${ws}/sources?tab=quarantine`
const expectCount = (ws: string, events: number) => expect.poll(async () => (await countEvents(api, ws, 'ordered')).events).toBe(events)

/** Changes the event that is being mended. */
async function mend(page: Page, by: (event: { properties: Record<string, unknown> }) => void): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'The event as it is to be' })
  const event: { properties: Record<string, unknown> } = JSON.parse(await editor.inputValue())
  by(event)
  await editor.fill(JSON.stringify(event))
}

test('a plan is proposed, edited, watched and locked, and what it holds back is mended and let in', async ({ page }) => {
  test.setTimeout(240_000)
  const { ws, writeKey } = await makeWorkspace(api, 'shop')
  await sendBatch(server(), writeKey, Array.from({ length: 60 }, (_, n) => ordered(n + 60, { total: n, pay: 'card' })))
  await expectCount(ws, 60)

  // Proposed from what came in, and edited.
  await openPage(page, planPage(ws))
  await expect(page.getByRole('heading', { name: 'There is no tracking plan yet' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Propose from traffic' }).click()
  const events = page.getByRole('list', { name: 'Planned events' })
  const order = events.getByRole('listitem', { name: 'ordered', exact: true })
  await expect(order).toContainText('2 properties · 2 required')
  await order.getByText('ordered', { exact: true }).click()
  await order.getByRole('button', { name: 'Another value of pay' }).click()
  await order.getByRole('textbox', { name: 'Value of pay' }).fill('cash')
  await page.keyboard.press('Enter')
  await expect(order.getByRole('button', { name: 'Remove cash from pay' })).toBeVisible()
  await order.getByLabel('Add a property').fill('note')
  await page.keyboard.press('Enter')
  await order.getByLabel('Type of note').selectOption({ label: 'Text' })
  await page.getByRole('radiogroup', { name: 'Events that are not listed are' }).getByRole('radio', { name: 'against the plan' }).click()
  const effect = page.getByRole('status', { name: 'Tried on what came in' })
  await expect(effect).toContainText('All 60 events that were looked at are as planned.')
  await order.getByRole('checkbox', { name: 'required' }).last().check()
  await expect(effect).toContainText('60 (100%) break the plan')
  await expect(order).toContainText('missing in 60')
  await expectAccessible(page)
  await order.getByRole('checkbox', { name: 'required' }).last().uncheck()
  await expect(effect).toContainText('are as planned')
  await page.getByRole('button', { name: 'Save the plan' }).click()
  await expect(page.getByRole('heading', { name: 'Watching' })).toBeVisible()

  // Watched: what breaks it is stored, and counted.
  await sendBatch(server(), writeKey, [ordered(50, { total: '5', pay: 'card' })])
  await expectCount(ws, 61)
  await openPage(page, planPage(ws))
  const broken = page.getByRole('table', { name: 'Not as planned' })
  await expect(broken.getByRole('row', { name: /ordered total another type 1/ })).toBeVisible()
  await broken.getByRole('link', { name: 'ordered' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'ordered' })).toBeVisible()

  // Locked, after it was said what that costs.
  await openPage(page, planPage(ws))
  await page.getByRole('radio', { name: 'held back' }).click()
  await page.getByRole('button', { name: 'Save and lock…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Lock the plan' })
  await expect(dialog).toContainText('Of 61 events of the last 30 days that were looked at, 1 (1.6%) would have been held back.')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Lock the plan' }).click()
  await expect(page.getByRole('heading', { name: 'Locked' })).toBeVisible()
  await expect(page.getByText('All that came in since is as planned')).toBeVisible()
  await sendBatch(server(), writeKey, [ordered(40, { pay: 'card' }), { ...ordered(39, {}), event: 'clicked' }, ordered(38, { total: 3, pay: 'cash' })])
  await expectCount(ws, 62)
  await openPage(page, planPage(ws))
  await expect(broken.getByRole('row', { name: /clicked – not in the plan 1/ })).toBeVisible()
  await broken.getByRole('link', { name: 'Look at what is held back of ordered' }).click()

  // Mended, it counts; what is refused again stays, with why.
  const held = page.getByRole('list', { name: 'Held back' }).getByRole('listitem')
  await expect(held).toHaveCount(2)
  const missing = held.filter({ hasText: 'properties.total' })
  await missing.locator('summary').click()
  await expectAccessible(page)
  await missing.getByRole('button', { name: 'Mend…' }).click()
  const editor = page.getByRole('textbox', { name: 'The event as it is to be' })
  const came = await editor.inputValue()
  await editor.fill(came.replace('{', ''))
  await expect(page.getByRole('alert')).toContainText('This is no JSON')
  await expectAccessible(page)
  await editor.fill(came)
  await mend(page, (event) => (event.properties['total'] = 'much'))
  await page.getByRole('button', { name: 'Let in as mended' }).click()
  await expect(missing).toContainText('is not a number')
  await expect(missing).toContainText('was refused again')
  await mend(page, (event) => (event.properties['total'] = 8))
  await page.getByRole('button', { name: 'Let in as mended' }).click()
  await expect(held).toHaveCount(1)
  await expectCount(ws, 63)
  await held.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Let 1 event in' }).click()
  await expect(held).toContainText('It was to be let in and was refused again')

  // The plan is another, and all of the reason comes in.
  await openPage(page, planPage(ws))
  await page.getByLabel('Plan an event').fill('clicked')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save the plan' }).click()
  await expect(page.getByText('The plan is locked; what breaks it is held back')).toBeVisible()
  await page.getByRole('link', { name: 'Events that were held back' }).click()
  await page.getByRole('button', { name: 'Let in the 1 of this reason' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Let in the 1 of this reason' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing is held back for this reason' })).toBeVisible()
  await expect.poll(async () => (await countEvents(api, ws, 'clicked')).events).toBe(1)

  // Unlocked again.
  await openPage(page, planPage(ws))
  await page.getByRole('radio', { name: 'stored and counted' }).click()
  await page.getByRole('button', { name: 'Save and unlock…' }).click()
  await page.getByRole('dialog', { name: 'Unlock the plan' }).getByRole('button', { name: 'Unlock' }).click()
  await expect(page.getByRole('heading', { name: 'Watching' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'History' }).getByRole('listitem')).toHaveCount(4)
})

test('what somebody else has planned meanwhile is not written over, and a viewer only looks', async ({ browser, page }) => {
  const { ws, writeKey } = await makeWorkspace(api, 'other')
  const plan = (event: string) => ({ mode: 'lock', events: [{ event, properties: [{ property: 'properties.total', type: 'number', required: true }] }] })
  await api.put(`/w/${ws}/plan`, plan('ordered'), { 'if-match': '0' })
  await sendBatch(server(), writeKey, [ordered(9, { pay: 'card' })])
  await openPage(page, planPage(ws))
  await page.getByLabel('Plan an event').fill('mine')
  await page.keyboard.press('Enter')
  await api.put(`/w/${ws}/plan`, plan('theirs'), { 'if-match': '1' })
  await page.getByRole('button', { name: 'Save the plan' }).click()
  await expect(page.getByText('Somebody else has saved meanwhile').first()).toBeVisible()
  const events = page.getByRole('list', { name: 'Planned events' })
  await expect(events).toContainText('mine')
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(events).toContainText('theirs')
  await expect(events).not.toContainText('mine')

  const invitation = { email: 'vera@example.com', name: 'Vera', workspaces: [{ id: ws, role: 'viewer' }] }
  const { link } = await api.post<{ readonly link: string }>('/members', invitation)
  const context = await browser.newContext()
  const viewer = await context.newPage()
  await viewer.goto(link)
  await viewer.getByLabel(/^Password/).first().fill('correct horse battery staple')
  await viewer.getByRole('button', { name: 'Join' }).click()
  await expect(viewer.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  await openPage(viewer, planPage(ws))
  await viewer.getByText('theirs', { exact: true }).click()
  await expect(viewer.getByRole('list', { name: 'Properties of theirs' })).toContainText('Number')
  await expect(viewer.getByRole('button', { name: /Save|Propose|Take out/ })).toHaveCount(0)
  await expectAccessible(viewer)
  await openPage(viewer, heldPage(ws))
  await expect(viewer.getByRole('list', { name: 'Held back' }).getByRole('listitem')).toHaveCount(1)
  await expect(viewer.getByRole('checkbox')).toHaveCount(0)
  await context.close()
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test('the plan and what it holds back are accessible, on a desk and on a phone', async ({ page }) => {
      test.setTimeout(120_000)
      const { ws, writeKey } = await makeWorkspace(api, `look-${locale.toLowerCase()}`)
      const properties = [
        { property: 'properties.total', type: 'number', required: true },
        { property: 'properties.pay', type: 'text', values: ['card', 'cash', 'bank transfer', '支付宝'] },
        { property: 'properties.shop.city' },
      ]
      const events = [{ event: 'ordered', other_properties: 'refused', properties }, { event: 'Product Viewed' }]
      await sendBatch(server(), writeKey, Array.from({ length: 12 }, (_, n) => ordered(n + 60, { total: n % 3 === 0 ? `${n}` : n, pay: 'card', coupon: 'x' })))
      await expectCount(ws, 12)
      await openPage(page, planPage(ws))
      await expectTexts(page)
      await expectLooks(page, 'plan-none', locale)
      await api.put(`/w/${ws}/plan`, { mode: 'lock', other_events: 'refused', events }, { 'if-match': '0' })
      await sendBatch(server(), writeKey, [ordered(30, { pay: 'gold' }), { ...ordered(20, {}), event: 'heartbeat' }])
      await openPage(page, heldPage(ws))
      await expect(page.locator('summary')).toHaveCount(2)
      for (const [device, width] of [['desk', 1280], ['phone', 390]] as const) {
        await page.setViewportSize({ width, height: 1400 })
        await openPage(page, planPage(ws))
        await page.locator('summary').first().click()
        await expect(page.locator('main table').first()).toBeVisible()
        await expectTexts(page)
        await expectLooks(page, `plan-${device}`, locale)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        await openPage(page, heldPage(ws))
        await page.locator('summary').first().click()
        await page.locator('details[open] button').nth(1).click()
        await expect(page.locator('details[open] textarea')).toBeVisible()
        await expectTexts(page)
        await expectLooks(page, `held-${device}`, locale)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      }
    })
  })
}
