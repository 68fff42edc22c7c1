import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { csvRows, take } from '../harness/files.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

const funnel = {
  range: { between: { from: day(30), to: day(3) }, zone: 'UTC' },
  steps: [
    { name: 'look', matcher: { events: ['product_viewed'] } },
    { name: 'cart', matcher: { events: ['product_added'] } },
    { name: 'order', matcher: { events: ['order_placed'] } },
  ],
  people: { did: { matcher: { channels: ['app'] }, times: { at_least: 1 } } },
}

type Comparison = {
  readonly sides: { readonly people_a: number; readonly people_b: number; readonly people_both: number }
  readonly figures: readonly { readonly of: string; readonly a: { readonly value: number | null; readonly n: number }; readonly b: { readonly n: number } }[]
}

const address = (more = '') => `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(funnel))}${more}`
const filter = (page: Page) => page.getByRole('region', { name: 'What it is compared with' })

test('a report is set against everybody else, and the numbers are those of the API', async ({ page }) => {
  await openPage(page, address())
  await filter(page).getByRole('button', { name: /Compared with/ }).click()
  await page.getByRole('button', { name: 'everybody else', exact: true }).click()
  await expect(page).toHaveURL(/against=/)
  const compared = await api.post<Comparison>('/w/demo/compare', { report: { kind: 'funnel', ...funnel }, against: 'rest' })
  expect(compared.sides.people_both).toBe(0)
  const converted = page.getByRole('region', { name: 'Converted', exact: true }).getByRole('row').nth(1)
  await expect(converted).toContainText(`n = ${compared.figures[0]?.a.n.toLocaleString('en')}`)
  await expect(converted).toContainText(`n = ${compared.figures[0]?.b.n.toLocaleString('en')}`)
  await expectAccessible(page)

  // The people of the other side.
  await page.getByRole('region', { name: 'From the step before', exact: true }).getByRole('row').nth(1).getByRole('button').nth(1).click()
  await expect(page.getByRole('complementary').or(page.getByRole('dialog')).first()).toContainText('everybody else')
})

test('what is compared is saved, opened again, and leaves as a file', async ({ page }) => {
  await openPage(page, address(`&against=${encodeURIComponent('"before"')}`))
  await expect(page.getByRole('region', { name: 'Converted', exact: true })).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this report' })
  await dialog.getByLabel('Title').fill('Against before')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/\/reports\/against-before$/)
  await page.reload()
  await expect(filter(page)).toContainText('the period before')
  await expect(page.getByRole('region', { name: 'Saved report' }).getByRole('status')).toHaveCount(0)

  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click()
  const rows = csvRows(await take(page, page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'CSV for spreadsheets' })))
  expect(rows.some((row) => row[0] === 'funnel_converted')).toBe(true)
})

test('nobody is left of everybody, and the button says so', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/retention`)
  await filter(page).getByRole('button', { name: /Compared with/ }).click()
  await expect(page.getByRole('button', { name: 'everybody else', exact: true })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'the period before', exact: true }).click()
  await expect(page.getByRole('img', { name: /Who came back/ })).toBeVisible()
  await page.getByRole('button', { name: 'Without comparison' }).click()
  await expect(page).not.toHaveURL(/against=/)
})
