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

type Listed = {
  readonly all: number
  readonly standings: readonly { readonly standing: string; readonly objects: number }[]
  readonly objects: readonly { readonly id: string; readonly promise: { readonly standing: string } }[]
}
type Touched = { readonly objects: number; readonly profiles: number }
type Promises = { readonly numbers: { readonly total: { readonly due: Touched; readonly late: Touched; readonly all: Touched } } }

const range = { all: true }

test('the list has what is overdue first, leads to an order, and from there to its people and back', async ({ page }) => {
  const listed = await api.post<Listed>('/w/demo/objects', { kind: 'order', range })
  // How many depends on the hour at which the shop ends, and may be none.
  const overdue = listed.standings.find((it) => it.standing === 'overdue')?.objects ?? 0
  const standings = listed.objects.map((it) => it.promise.standing)
  expect(standings.slice(0, overdue)).toEqual(Array.from({ length: Math.min(overdue, standings.length) }, () => 'overdue'))
  expect(standings.slice(overdue)).not.toContain('overdue')
  const [late] = (await api.post<Listed>('/w/demo/objects', { kind: 'order', range, standing: 'late' })).objects
  await openPage(page, `${server().url}/w/demo/objects`)
  await expect(page.getByText(`${listed.all.toLocaleString('en')} of ${listed.all.toLocaleString('en')}`)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('combobox', { name: 'Promise' }).selectOption({ value: 'late' })
  await expect(page).toHaveURL(/standing=late/)
  await expect(page.getByRole('row').nth(1)).toContainText(late?.id ?? 'nothing')
  await expect(page.getByRole('row').nth(1)).toContainText('late')
  await page.getByRole('row').nth(1).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Orders ${late?.id}`)
  await expect(page.getByRole('region', { name: 'States' })).toContainText('Promised for')
  await expectAccessible(page)
  await page.getByRole('complementary', { name: 'About it' }).getByRole('link').first().click()
  const own = page.getByRole('region', { name: 'Orders, shipments, tickets' })
  await expect(own.getByRole('link', { name: new RegExp(late?.id ?? 'nothing') })).toBeVisible()
  await expectAccessible(page)
})

test('an edit of a kind shows what it would find before it is saved', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/objects/kinds`)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Remove properties.order_id' }).click()
  await expect(page.getByText('0 found, 0 open')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('0 found, 0 open')).toHaveCount(0)
})

test('promises are those of the API, and a number opens its people', async ({ page }) => {
  const ask = { range, object: 'order' }
  const { numbers } = await api.post<Promises>('/w/demo/ask', { kind: 'promises', ...ask })
  await openPage(page, `${server().url}/w/demo/promises?ask=${encodeURIComponent(JSON.stringify(ask))}`)
  await expect(page.getByRole('main')).toContainText(`Due${numbers.total.due.objects.toLocaleString('en')}`)
  await expectAccessible(page)
  await page.getByRole('button', { name: /open profiles: Late$/ }).click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText(`${numbers.total.late.profiles} profile`)
  await page.getByRole('combobox', { name: 'Told apart by' }).selectOption('channel')
  await expect(page.getByRole('region', { name: 'By channel', exact: true })).toBeVisible()
})
