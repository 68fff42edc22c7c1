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

const range = { between: { from: day(40), to: day(2) }, zone: 'UTC' }
const series = [
  { name: 'All', matcher: {} },
  { name: 'People', matcher: {}, measure: 'profiles' },
]

type Value = { readonly value: number | null; readonly profiles: number | null }
type Line = { readonly name: string; readonly total: Value; readonly points: readonly Value[] }
type Numbers = { readonly lines: readonly Line[]; readonly points: readonly { readonly from: string }[] }

const open = (page: Page, ask: unknown) => openPage(page, `${server().url}/w/demo/trends?ask=${encodeURIComponent(JSON.stringify(ask))}`)
const table = (page: Page) => page.getByRole('region', { name: 'Lines' })

test('lines are those of the API, and the people of a period are as many as it says', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'trends', range, series })
  await open(page, { range, series })
  const people = numbers.lines[1]?.total.profiles ?? 0
  await expect(table(page).getByRole('row', { name: /^People/ })).toContainText(people.toLocaleString('en'))
  await expectAccessible(page)
  await page.getByText('People of each period').click()
  const last = numbers.lines[1]?.points.at(-1)?.profiles ?? 0
  const row = page.getByRole('region', { name: 'People of each period' }).getByRole('row').nth(1)
  await row.getByRole('button').nth(1).click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText(`${last} profile`)
})

test('a formula is computed of the series, and what is wrong with it is said', async ({ page }) => {
  const formulas = [{ name: 'Each', expression: 'A / B' }]
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'trends', range, series, formulas })
  await open(page, { range, series, formulas })
  const each = numbers.lines[2]?.total.value ?? 0
  await expect(table(page).getByRole('row', { name: /Each/ })).toContainText(each.toLocaleString('en', { maximumFractionDigits: 2 }))
  await page.getByRole('textbox', { name: 'Formula 1', exact: true }).fill('A / C')
  await page.keyboard.press('Enter')
  await expect(page.getByText('names the series C, which does not exist')).toBeVisible()
})

test('series, measure and breakdown are one choice away, and the address keeps them', async ({ page }) => {
  await open(page, { range, series })
  await page.getByRole('button', { name: 'Add a series' }).click()
  await page.getByRole('combobox', { name: 'Measure of series C' }).selectOption({ label: 'Events per person' })
  await expect(table(page).getByRole('row', { name: /Series C/ })).toBeVisible()
  await page.getByRole('button', { name: 'Touchpoints', exact: true }).click()
  await expect(page).toHaveURL(/touchpoint/)
  await expect(table(page).getByRole('link', { name: /Who comes back after/ }).first()).toBeVisible()
  await expectAccessible(page)
  await page.reload()
  await expect(table(page).getByRole('link', { name: /Who comes back after/ }).first()).toBeVisible()
})

test('the same as a table', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'trends', range, series, period: 'week' })
  await open(page, { range, series, period: 'week' })
  await page.getByRole('button', { name: 'Show as a table' }).first().click()
  await expect(page.getByRole('region', { name: 'Trend', exact: true }).getByRole('row')).toHaveCount(numbers.points.length + 1)
})
