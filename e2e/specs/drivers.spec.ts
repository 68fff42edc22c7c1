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
type Numbers = { readonly tested: number; readonly converted: Share; readonly drivers: readonly { readonly standing: string; readonly label: { readonly value: string }; readonly did: Share }[] }

const drivers = {
  range: { between: { from: day(58), to: day(3) }, zone: 'UTC' },
  within: '3d',
  steps: [
    { name: 'Cart', matcher: { events: ['product_added'] } },
    { name: 'Order', matcher: { events: ['order_placed'] } },
  ],
  fields: ['event'],
  entry_fields: ['channel'],
  traits: ['plan'],
}
const shown = (count: number) => count.toLocaleString('en-US')

test('candidates are those of the API, a link is said to be no cause, and people open', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'drivers', ...drivers })
  expect(numbers.drivers.length).toBeGreaterThan(3)
  await openPage(page, `${server().url}/w/demo/drivers?ask=${encodeURIComponent(JSON.stringify(drivers))}`)
  await expect(page.getByText('A link is not a cause.')).toBeVisible()
  await page.getByRole('button', { name: new RegExp(`^${shown(numbers.converted.part)}.*: Arrived$`) }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(numbers.converted.part)} profile`)
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  const structural = numbers.drivers.filter((it) => ['on_the_way', 'at_the_end'].includes(it.standing))
  expect(structural.length).toBeGreaterThan(0)
  await page.getByText(`Show ${structural.length}`, { exact: true }).first().click()
  await expect(page.getByRole('list', { name: 'On the way by construction' })).toContainText(structural[0]?.label.value ?? '')
})

test('a funnel leads to its drivers', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify({ range: drivers.range, steps: drivers.steps }))}`)
  await page.getByRole('link', { name: 'What goes with converting' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Drivers' })).toBeVisible()
  await expect(page.getByText('A link is not a cause.')).toBeVisible()
})
