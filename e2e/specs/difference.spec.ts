import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '800', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Reach = { readonly units: number; readonly profiles: number }
type Standing = { readonly entered: Reach; readonly converted: Reach }
type Move = { readonly fields: readonly string[]; readonly standing: Standing; readonly moved: { readonly converted_gained: number; readonly converted_lost: number } }
type Numbers = { readonly from: Standing; readonly to: Standing; readonly moves: readonly Move[] }

const funnel = {
  range: { between: { from: day(55), to: day(3) }, zone: 'UTC' },
  steps: [
    { name: 'Look', matcher: { events: ['product_viewed'] } },
    { name: 'Cart', matcher: { events: ['product_added'] } },
    { name: 'Order', matcher: { events: ['order_placed'] } },
  ],
}
const difference = { from: { ...funnel, window: { whole: '2h' } }, to: { ...funnel, entry: 'first' } }
const address = (ask: unknown) => `${server().url}/w/demo/difference?ask=${encodeURIComponent(JSON.stringify(ask))}`

test('each change names who comes and who goes, and all add up', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'difference', ...difference })
  expect(numbers.moves.map((it) => it.fields)).toEqual([['window'], ['entry']])
  const sum = numbers.moves.reduce((all, { moved }) => all + moved.converted_gained - moved.converted_lost, 0)
  expect(sum).toBe(numbers.to.converted.profiles - numbers.from.converted.profiles)
  const gained = numbers.moves[0]?.moved.converted_gained ?? 0
  expect(gained).toBeGreaterThan(0)

  await openPage(page, address(difference))
  const moves = page.getByRole('list', { name: 'From the first to the second' })
  await expect(moves.getByRole('listitem')).toHaveCount(3)
  await moves.getByRole('button', { name: /: Come with: Time allowed$/ }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${gained} profile`)
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  await page.getByRole('radio', { name: 'Entered' }).or(page.getByRole('button', { name: 'Entered' })).first().click()
  await expect(page).toHaveURL(/show=entered/)
})

test('a funnel leads to a comparison with another way to count it, and sides are changed', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(funnel))}`)
  await page.getByRole('link', { name: 'Compare definitions' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Differences' })).toBeVisible()
  await expect(page.getByLabel('First funnel').first()).toBeVisible()
  await page.getByRole('region', { name: 'First funnel' }).getByRole('combobox').selectOption({ label: 'The other, counted like Mixpanel' })
  await expect(page.getByRole('list', { name: 'From the first to the second' })).toContainText('Which entry counts')
  await expectAccessible(page)
})
