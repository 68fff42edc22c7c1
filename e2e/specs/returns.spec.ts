import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Label = 'not_set' | 'rest' | { readonly value: string }
type Returns = { readonly whole: number; readonly part: number; readonly open: number; readonly open_back: number }
type Cohort = { readonly from: string; readonly profiles: number; readonly cells: readonly Returns[] }
type RetentionNumbers = {
  readonly cohorts: readonly Cohort[]
  readonly total: { readonly profiles: number }
  readonly lines: readonly { readonly label: Label; readonly profiles: number; readonly cohorts?: readonly Cohort[] }[]
}
type AttributionNumbers = {
  readonly total: { readonly passes: { readonly times: number; readonly profiles: number } }
  readonly lines: readonly { readonly label: Label; readonly touches: { readonly profiles: number } }[]
}

const range = { between: { from: day(50), to: day(3) }, zone: 'UTC' }
const retention = { kind: 'retention', range, start: {}, returns: { events: ['order_placed'] }, period: 'week', periods_count: 4, breakdown: 'channel' }
const attribution = { range, conversion: { events: ['order_placed'] } }

async function answer<Numbers>(report: object): Promise<Numbers> {
  return (await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', report)).numbers
}

const shown = (count: number) => count.toLocaleString('en-US')
const open = (page: Page, path: 'retention' | 'attribution', ask: object) => openPage(page, `${server().url}/w/demo/${path}?ask=${encodeURIComponent(JSON.stringify(ask))}`)

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(count)} profile`)
  await page.keyboard.press('Escape')
}

test('the triangle is that of the API, and its cells open their people', async ({ page }) => {
  const numbers = await answer<RetentionNumbers>(retention)
  await open(page, 'retention', retention)
  const triangle = page.getByRole('region', { name: 'Table: Cohorts' })
  const rows = triangle.locator('tbody tr')
  await expect(rows).toHaveCount(numbers.cohorts.length + 1)
  await expectPeople(page, () => rows.nth(0).getByRole('button').first().click(), numbers.total.profiles)
  const place = numbers.cohorts.findIndex((it) => (it.cells[1]?.part ?? 0) > 0)
  const cohort = numbers.cohorts[place]
  await expectPeople(page, () => rows.nth(place + 1).getByRole('button').nth(2).click(), cohort?.cells[1]?.part ?? -1)
})

test('a value opens the triangle that it is the sum of, by keyboard as well', async ({ page }) => {
  const numbers = await answer<RetentionNumbers>(retention)
  const [line] = numbers.lines
  const cohorts = (line?.cohorts ?? []).filter((it) => it.profiles > 0)
  expect(cohorts.reduce((sum, it) => sum + it.profiles, 0)).toBe(line?.profiles)
  await open(page, 'retention', retention)
  const region = page.getByRole('region', { name: 'Table: channel' })
  const rows = region.locator('tbody tr')
  await expect(rows).toHaveCount(numbers.lines.length)
  const opener = rows.nth(0).getByRole('rowheader').getByRole('button')
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(opener).toHaveAttribute('aria-expanded', 'true')
  await expect(rows).toHaveCount(numbers.lines.length + cohorts.length)
  await expectPeople(page, () => rows.nth(1).getByRole('button').first().click(), cohorts[0]?.profiles ?? -1)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open all' }).click()
  const all = numbers.lines.flatMap((it) => it.cohorts ?? []).filter((it) => it.profiles > 0)
  await expect(rows).toHaveCount(numbers.lines.length + all.length)
  await page.getByRole('button', { name: 'Close all' }).click()
  await expect(rows).toHaveCount(numbers.lines.length)
})

test('the credit is that of the API, and each line opens its people', async ({ page }) => {
  const numbers = await answer<AttributionNumbers>({ kind: 'attribution', ...attribution })
  await open(page, 'attribution', attribution)
  await expectPeople(page, () => page.locator('dl').getByRole('button').first().click(), numbers.total.passes.profiles)
  const rows = page.getByRole('region', { name: 'Credit by model' }).locator('table tbody tr')
  await expect(rows).toHaveCount(numbers.lines.length)
  await expectPeople(page, () => rows.nth(0).getByRole('button').first().click(), numbers.lines[0]?.touches.profiles ?? -1)
  await expect(page.getByRole('note')).toBeVisible()
  await expectAccessible(page)
})

test('only the models that are chosen are asked and shown, and the last one stays', async ({ page }) => {
  await open(page, 'attribution', { ...attribution, models: ['first', 'linear'] })
  const region = page.getByRole('region', { name: 'Credit by model' })
  await expect(region.locator('thead th')).toHaveCount(4 + 2)
  const models = page.getByRole('group', { name: 'Models' })
  await models.getByRole('checkbox', { name: 'First' }).uncheck()
  await expect(region.locator('thead th')).toHaveCount(4 + 1)
  await expect(models.getByRole('checkbox', { name: 'Linear' })).toBeDisabled()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'All models' }).click()
  await expect(region.locator('thead th')).toHaveCount(4 + 13)
})
