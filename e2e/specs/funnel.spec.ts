import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type FunnelNumbers = {
  readonly steps: readonly { readonly profiles: number; readonly lost: { readonly profiles: number } }[]
  readonly lines: readonly { readonly steps: readonly number[] }[]
  readonly difference?: { readonly degrees: number; readonly p: number; readonly lines: number; readonly small_lines: number }
}

/** Whole days that are over, so that page and API speak of the same events. */
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const funnel = {
  range: { between: { from: day(50), to: day(3) }, zone: 'UTC' },
  steps: [
    { name: 'See', matcher: { events: ['product_viewed'] } },
    { name: 'Cart', matcher: { events: ['product_added'] } },
    { name: 'Order', matcher: { events: ['order_placed'] } },
  ],
  breakdown: { field: 'channel' },
}

const answer = async (report: object) => (await api.post<{ readonly numbers: FunnelNumbers }>('/w/demo/ask', { kind: 'funnel', ...report })).numbers
const open = (page: Page, ask: object) => openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(ask))}`)
const shown = (count: number) => count.toLocaleString('en-US')

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(count)} profile`)
  await page.keyboard.press('Escape')
}

test('the steps are those of the API, and those who reach or leave them can be seen', async ({ page }) => {
  const { steps } = await answer(funnel)
  await open(page, funnel)
  const bars = page.getByRole('main').getByRole('list', { name: 'Steps' }).last().locator('> li')
  await expect(bars).toHaveCount(3)
  await expectPeople(page, () => bars.nth(1).getByRole('button').first().click(), steps[1]?.profiles ?? -1)
  await expectPeople(page, () => bars.nth(1).getByRole('button', { name: /Lost/ }).click(), steps[1]?.lost.profiles ?? -1)
})

test('values are compared by a test over all of them, in words and with its figures', async ({ page }) => {
  const { difference, lines } = await answer(funnel)
  expect(difference?.degrees).toBe((difference?.lines ?? 0) - 1)
  expect((difference?.lines ?? 0) + (difference?.small_lines ?? 0)).toBe(lines.length)
  await open(page, funnel)
  const section = page.getByRole('region', { name: 'By channel' })
  await expect(section).toContainText(`degrees of freedom: ${difference?.degrees}`)
  await expect(section).toContainText((difference?.p ?? 1) < 0.05 ? 'The values convert differently' : 'Chance may explain the difference')
  await expectPeople(page, () => section.locator('tbody tr').first().getByRole('button').first().click(), lines[0]?.steps[0] ?? -1)
  await expectAccessible(page)
})

test('a value that knows the end is not compared, and the page says why', async ({ page }) => {
  const late = { ...funnel, breakdown: { field: 'channel', attribution: 'last' } }
  expect((await answer(late)).difference).toBeUndefined()
  await open(page, late)
  await expect(page.getByRole('region', { name: 'By channel' })).toContainText('knows how far people got')
})
