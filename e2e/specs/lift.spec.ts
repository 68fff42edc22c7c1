import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { day } from '../harness/days.ts'
import { expectLooks, languages } from '../harness/looks.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '1500', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Line = { readonly arm: unknown; readonly assigned: number; readonly reached: { readonly part: number; readonly whole: number } }
type Numbers = { readonly arms: readonly Line[]; readonly split?: { readonly is_off: boolean } }

const range = { between: { from: day(50), to: day(20) }, zone: 'UTC' }
const ask = {
  range,
  assigned: { events: ['page_viewed', 'screen_viewed'] },
  arms: { field: { field: 'channel', control: 'web' } },
  goal: { events: ['order_placed'] },
  value: 'properties.value',
  visits: {},
  cost: { each: { amount: '0.2' } },
}
const address = (more: object = {}) => `${server().url}/w/demo/lift?ask=${encodeURIComponent(JSON.stringify({ ...ask, ...more }))}`
const table = (page: Page, name: string) => page.getByRole('region', { name: `Table: ${name}`, exact: true }).locator('tbody tr')
/** Those who came by a campaign against all others: nobody drew them. */
const byPeople = { arms: { people: { treated: { did: { matcher: { rule: { where: { field: 'properties.campaign', test: { exists: {} } } } } } } } } }

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${count.toLocaleString('en-US')} profile`)
  await page.keyboard.press('Escape')
}

test('arms are those of the API, open their people, and are called a difference', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'lift', ...ask, ...byPeople })
  await openPage(page, address(byPeople))
  await expect(page.getByText('An observed difference, no experiment.')).toBeVisible()
  const [control, treated] = numbers.arms
  const row = table(page, 'Treated against control').first()
  await expectPeople(page, () => row.getByRole('button').nth(0).click(), control?.reached.part ?? -1)
  await expectPeople(page, () => row.getByRole('button').nth(3).click(), treated?.reached.whole ?? -1)
  await expectPeople(page, () => table(page, 'Arms').nth(1).getByRole('button').first().click(), treated?.assigned ?? -1)
  await expect(table(page, 'Incremental return')).toHaveCount(1)
})

test('a split that chance does not make is warned of', async ({ page }) => {
  await openPage(page, address({ ...byPeople, random: true, control_permille: 20 }))
  await expect(page.getByRole('alert')).toContainText('Do not trust this difference')
})

test('the question is put together on the page', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/lift`)
  await expect(page.getByText('Who was assigned, and when?')).toBeVisible()
  await openPage(page, address({ goal: {}, value: null, cost: null }))
  await expect(page.getByText('What is the treatment for?')).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Purchase', exact: true }).click()
  await expect(table(page, 'Treated against control').first()).toBeVisible()
  await page.getByLabel('Control', { exact: true }).selectOption('app')
  await expect(page).toHaveURL(/%22control%22%3A%22app%22|"control":"app"/)
  await page.getByLabel('Drawn at random').check()
  await expect(page.getByText('An observed difference, no experiment.')).toHaveCount(0)
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test('effects are accessible', async ({ page }) => {
      await openPage(page, address(byPeople))
      await expect(page.locator('tbody tr').first()).toBeVisible()
      await expectLooks(page, 'lift', locale)
    })
  })
}
