import { type Api, expectEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  api = await openApi(server())
  const { writeKey } = await makeWorkspace(api, 'regions', 'A shop in three regions')
  const order = (userId: string, properties: unknown) => ({ type: 'track', event: 'ordered', userId, messageId: `order-of-${userId}`, timestamp: new Date().toISOString(), properties })
  await sendBatch(server(), writeKey, [
    order('ana', { revenue: 100, currency: 'usd', region: 'north' }),
    order('ben', { revenue: 50, region: 'south' }),
    order('cem', { revenue: 9_000, currency: '<b>₿</b>', region: 'east' }),
    { type: 'identify', userId: 'ana', messageId: 'of-ana', traits: { region: '<i>coast</i>' } },
    { type: 'group', userId: 'ben', groupId: 'acme', messageId: 'of-acme', traits: { region: 'hills' } },
  ])
  await expectEvents(api, 'regions', 'ordered', { events: 3, profiles: 3 })
})
test.afterAll(() => api?.close())

const revenue = { range: { all: true, zone: 'UTC' }, series: [{ name: 'Revenue', matcher: { events: ['ordered'] }, measure: { sum: 'properties.revenue' } }] }
const trends = (more: object = {}) => `${server().url}/w/regions/trends?ask=${encodeURIComponent(JSON.stringify({ ...revenue, ...more }))}`

test('rates are read from a file, faulty lines are told, and sound ones are saved', async ({ page }) => {
  await openPage(page, `${server().url}/w/regions/settings`)
  const section = page.getByRole('region', { name: 'Currencies' })
  await section.getByLabel('Amounts are read in').fill('eur')
  const rates = (text: string) => section.getByLabel('File with rates').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await rates('currency,from,rate\nUSD,2020-01-01,0.5\nUSD,2020-01-01,0.6\n')
  await expect(section).toContainText('2 rates')
  await section.getByRole('button', { name: 'Save the currencies' }).click()
  await expect(section.getByRole('alert')).toContainText('rates line 3')
  await expectAccessible(page)
  await rates('currency,from,rate\nUSD,2020-01-01,0.5\n')
  await section.getByRole('button', { name: 'Save the currencies' }).click()
  await expect(page.getByText('Amounts are read so now')).toBeVisible()
  await expect(section.getByLabel('Amounts are read in')).toHaveValue('EUR')
})

test('regions add up to the total, and what has no rate is told', async ({ page }) => {
  await openPage(page, trends())
  const lines = page.getByRole('group', { name: 'Lines' })
  await expect(lines.getByRole('row', { name: /^Revenue/ })).toContainText('100')
  await expect(page.getByText('1 event of this time has an amount in a currency without a rate.')).toBeVisible()
  await openPage(page, trends({ breakdown: 'properties.region' }))
  await expect(lines.getByRole('row', { name: /north/ })).toContainText('50')
  await expect(lines.getByRole('row', { name: /south/ })).toContainText('50')
  await page.getByRole('link', { name: 'Which currencies' }).click()
  await expect(page.getByRole('region', { name: 'Amounts without a rate' }).first()).toContainText('<b>₿</b>')
  await expectAccessible(page)
})

test('regions of people and of their accounts are lines, and each opens its people', async ({ page }) => {
  await openPage(page, trends())
  const lines = page.getByRole('group', { name: 'Lines' })
  const by = page.getByRole('combobox', { name: 'Broken down by' })
  await by.selectOption({ label: 'Trait: region' })
  await expect(page).toHaveURL(/traits\.region/)
  await expect(lines.getByRole('row', { name: /<i>coast<\/i>/ })).toContainText('50')
  await expect(lines.getByRole('row', { name: /not set/ })).toContainText('50')
  await expectAccessible(page)
  await lines.getByRole('row', { name: /<i>coast<\/i>/ }).getByRole('button').last().click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText('1 profile')
  await expect(list.getByRole('row', { name: /ana/ })).toBeVisible()
  await openPage(page, trends({ breakdown: 'traits.region' }))
  await by.selectOption({ label: 'Trait of the account: region' })
  await expect(lines.getByRole('row', { name: /hills/ })).toContainText('50')
  // Where accounts are counted, a trait of people is taken off, and one of theirs stays.
  await page.getByRole('combobox', { name: 'Count', exact: true }).selectOption({ value: 'account' })
  await expect(by).toHaveValue('accounts.account.region')
  await expect(by.locator('option', { hasText: 'Trait: region' })).toHaveCount(0)
})

test('a person shows what was sent beside what it is read as', async ({ page }) => {
  const { profiles } = await api.get<{ readonly profiles: readonly { readonly id: number }[] }>('/w/regions/profiles?q=ana')
  await openPage(page, `${server().url}/w/regions/profiles/${profiles[0]?.id}`)
  await page.getByRole('button', { name: /ordered/ }).first().click()
  await expect(page.getByRole('list', { name: 'Amounts as they were sent' })).toContainText('revenue: 50, sent as 100 usd')
  await expectAccessible(page)
})
