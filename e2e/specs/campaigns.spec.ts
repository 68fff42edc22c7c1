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

type Line = { readonly label: { readonly value?: string } | string; readonly touches: { readonly profiles: number }; readonly on_path: { readonly profiles: number } }
type Credit = { readonly numbers: { readonly lines: readonly Line[] } }

const range = { between: { from: day(40), to: day(5) }, zone: 'UTC' }
const by = 'context.campaign.name'
const goal = { events: ['order_placed'] }
const ask = { range, by, goal, value: 'properties.value' }
const search = `ask=${encodeURIComponent(JSON.stringify(ask))}`
const address = (name = '', more = '') => `${server().url}/w/demo/campaigns${name === '' ? '' : `/${name}`}?${search}${more}`
const table = (page: Page, name: string) => page.getByRole('region', { name: `Table: ${name}`, exact: true })

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${count.toLocaleString('en-US')} profile`)
  await page.keyboard.press('Escape')
}

/** A number as the page writes it. */
async function numberIn(page: Page, name: string, row: 'tbody' | 'tfoot', column: number): Promise<number> {
  const cells = await table(page, name).locator(`${row} tr td:nth-of-type(${column})`).allInnerTexts()
  return cells.reduce((sum, it) => sum + Number(it.replaceAll(',', '').split('\n')[0]), 0)
}

test('campaigns are those of the attribution, and open their people', async ({ page }) => {
  const touch = { rule: { all: [{ where: { field: by, test: { exists: {} } } }, { not: { all: [{ where: { field: 'event', test: { is: goal.events } } }] } }] } }
  const { numbers } = await api.post<Credit>('/w/demo/ask', { kind: 'attribution', range, conversion: goal, by, touch, models: ['last'] })
  const [largest] = numbers.lines.filter((it) => typeof it.label !== 'string').toSorted((a, b) => b.touches.profiles - a.touches.profiles)
  await openPage(page, address())
  const first = table(page, 'Campaigns of this range').locator('tbody tr').first()
  await expectPeople(page, () => first.getByRole('button').first().click(), largest?.touches.profiles ?? -1)
  await expectPeople(page, () => first.getByRole('button').nth(1).click(), largest?.on_path.profiles ?? -1)
  await expect(first).toContainText('CN¥')
  await first.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(typeof largest?.label === 'object' ? (largest.label.value ?? '') : '')
})

test('parts of a campaign add up, by any field', async ({ page }) => {
  for (const part of ['context.device.type', 'event', 'properties.campaign']) {
    await openPage(page, address('tea_season', `&part=${part}`))
    await expect(table(page, 'Channels').locator('tfoot')).toBeVisible()
    for (const column of [1, 2]) {
      const whole = await numberIn(page, 'Channels', 'tfoot', column)
      expect(whole).toBeGreaterThan(0)
      for (const name of ['Channels', 'Regions and other parts']) {
        expect(await numberIn(page, name, 'tbody', column)).toBe(whole)
        expect(await numberIn(page, name, 'tfoot', column)).toBe(whole)
      }
    }
  }
})

test('its people go on to other questions', async ({ page }) => {
  await openPage(page, address('tea_season'))
  await page.getByRole('main').getByRole('link', { name: 'Paths from the campaign on' }).click()
  await expect(page).toHaveURL(/\/paths/)
  await expect(page.getByText('tea_season').first()).toBeVisible()
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test('campaigns are accessible', async ({ page }) => {
      await openPage(page, address())
      await expect(page.locator('tbody tr').first()).toBeVisible()
      await expectLooks(page, 'campaigns', locale)
      await openPage(page, address('tea_season'))
      await expect(page.locator('tfoot').first()).toBeVisible()
      await expectLooks(page, 'campaign', locale)
    })
  })
}
