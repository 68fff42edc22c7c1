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

const range = { between: { from: day(30), to: day(3) }, zone: 'UTC' }

type Cell = { readonly events: number; readonly profiles: number }
type Numbers = { readonly total: Cell; readonly rows: readonly { readonly cells: readonly Cell[] }[] }

const open = (page: Page, ask: unknown, show: string) => openPage(page, `${server().url}/w/demo/heatmap?ask=${encodeURIComponent(JSON.stringify(ask))}&show=${show}`)
const at = (page: Page, row: number, column: number) => page.locator(`button[data-at="${row} ${column}"]`)

test('the hours of a week are those of the API, keys move among them, and a cell opens its people', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'heatmap', range })
  await open(page, { range }, 'profiles')
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(9)
  await expectAccessible(page)
  await at(page, 0, 0).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(at(page, 1, 1)).toBeFocused()
  await expect(at(page, 1, 1)).toHaveAttribute('aria-label', new RegExp(`${numbers.rows[1]?.cells[1]?.events.toLocaleString('en')} events of ${numbers.rows[1]?.cells[1]?.profiles.toLocaleString('en')} people`))
  await page.keyboard.press('End')
  await expect(at(page, 1, 24)).toBeFocused()
  await at(page, 2, 12).click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText(`${numbers.rows[2]?.cells[12]?.profiles} profile`)
})

test('steps by groups and two fields are one choice away, and the address keeps them', async ({ page }) => {
  await open(page, { range }, 'events')
  await page.getByRole('radio', { name: 'Two fields' }).click()
  await expect(page).toHaveURL(/stage/)
  await expect(page.getByRole('grid')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('radio', { name: 'Steps by people' }).click()
  await expect(page.getByRole('grid').getByRole('columnheader', { name: 'everybody' })).toBeVisible()
  await page.getByRole('checkbox', { name: 'Tell who converts' }).check()
  await page.getByRole('radio', { name: 'Converted' }).click()
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Converted' })).toBeChecked()
  await expect(page.getByRole('grid')).toBeVisible()
})
