import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '1200', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Share = { readonly part: number; readonly whole: number }
type Numbers = { readonly gave_up: Share; readonly unknown: Share; readonly reasons: readonly { readonly name: string; readonly gave_up: Share; readonly converted: Share }[] }

const way = {
  range: { between: { from: day(58), to: day(3) }, zone: 'UTC' },
  within: '3d',
  steps: [
    { name: 'Cart', matcher: { events: ['product_added'] } },
    { name: 'Order', matcher: { events: ['order_placed'] } },
  ],
}
const reasons = [
  { name: 'Address refused', sign: { met: { matcher: { events: ['address_rejected'] } } } },
  { name: 'Payment failed', sign: { met: { matcher: { events: ['payment_failed'] } } } },
  { name: 'Silence', sign: { silence: '2h' } },
]
const shown = (count: number) => count.toLocaleString('en-US')

test('reasons are those of the API, met is said to be no cause, and people open on both sides', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'reasons', ...way, reasons })
  expect(numbers.gave_up.part).toBeGreaterThan(20)
  await openPage(page, `${server().url}/w/demo/reasons?ask=${encodeURIComponent(JSON.stringify({ ...way, reasons }))}`)
  await expect(page.getByText('Met before giving up is not why.')).toBeVisible()
  const names = await page.getByRole('list', { name: 'Met before giving up' }).locator('> li').allInnerTexts()
  expect(names.length).toBe(3)
  numbers.reasons.forEach((it, index) => expect(names[index]).toContain(it.name))
  await expectAccessible(page)
  const payment = numbers.reasons.find((it) => it.name === 'Payment failed')
  await page.getByRole('button', { name: `${shown(payment?.converted.part ?? 0)}, open profiles: Arrived, Payment failed` }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(payment?.converted.part ?? 0)} profile`)
})

test('a funnel leads to reasons that its events suggest, which are then edited', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify({ range: way.range, steps: way.steps, window: { whole: '3d' } }))}`)
  await page.getByRole('link', { name: 'Why people give up' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Reasons' })).toBeVisible()
  await page.getByRole('button', { name: 'Add all' }).click()
  const list = page.getByRole('list', { name: 'Met before giving up' })
  await expect(list).toContainText('A payment failed')
  await expect(list).toContainText('Silence only')
  await page.getByRole('button', { name: 'Remove Silence only' }).click()
  await expect(list).not.toContainText('Silence only')
  await expect(page.getByText('No reason known')).toBeVisible()
})
