import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '400', '--days', '40', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

const series = [{ name: 'All', matcher: {} }]
const range = { between: { from: day(20), to: day(2) }, zone: 'UTC' }

test('a target on a saved report is measured, and says that it is missed', async ({ page }) => {
  await api.post('/w/demo/reports', { title: 'Every day', report: { kind: 'trends', range: { last: '20d', zone: 'UTC' }, series } })
  await openPage(page, `${server().url}/w/demo/targets`)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Set a target' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Measured in' }).selectOption({ label: 'Every day (report)' })
  await expect(dialog.getByRole('radio', { name: /All, last whole period/ })).toBeChecked()
  await dialog.getByRole('textbox', { name: 'Value' }).fill('100000')
  await dialog.getByRole('textbox', { name: 'Target' }).fill('Busy days')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('row', { name: /Busy days/ })
  await expect(row).toContainText('at least 100,000')
  await expect(row).toContainText('missed')
  await expect(row).toContainText('or longer')
  await expectAccessible(page)
  await row.getByRole('link', { name: 'Every day' }).click()
  await expect(page).toHaveURL(/trends/)
})

test('a decision keeps the numbers that were seen beside those of now', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/trends?ask=${encodeURIComponent(JSON.stringify({ range, series }))}`)
  await page.getByRole('button', { name: 'Record a decision' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'What was decided' }).fill('Open on Sundays')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Sundays are slow.')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Open on Sundays' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Then' }).getByRole('img').first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'Now' }).getByRole('img').first()).toBeVisible()
  await expectAccessible(page)
  await openPage(page, `${server().url}/w/demo/decisions`)
  await expect(page.getByRole('link', { name: 'Open on Sundays' })).toBeVisible()
  await expectAccessible(page)
})
