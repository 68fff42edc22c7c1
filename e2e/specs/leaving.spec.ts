import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '1000', '--days', '90', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Passes = { readonly times: number; readonly profiles: number }
type Touch = { readonly label: { readonly value: string }; readonly standing: string; readonly left: Passes }
type Numbers = { readonly seen: Passes; readonly left: Passes; readonly unknown: Passes; readonly touches: readonly Touch[] }

const ask = { range: { between: { from: day(85), to: day(3) }, zone: 'UTC' }, silence: '14d' }

test('who left is counted, listed and compared as over the API', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'last_touch', ...ask })
  expect(numbers.left.profiles).toBeGreaterThan(50)
  expect(numbers.unknown.profiles).toBeGreaterThan(0)
  expect(numbers.touches.length).toBeGreaterThan(4)
  await openPage(page, `${server().url}/w/demo/leaving?ask=${encodeURIComponent(JSON.stringify(ask))}`)
  await page.getByRole('button', { name: /open profiles: Left$/ }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${numbers.left.profiles} profile`)
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  await page.getByLabel('Last act by').selectOption('channel')
  await expect(page).toHaveURL(/channel/)
})
