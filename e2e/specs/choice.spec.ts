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
type Numbers = { readonly chosen: Share; readonly model?: { readonly factors: readonly { readonly with: Share }[] } }

const choice = {
  range: { between: { from: day(58), to: day(3) }, zone: 'UTC' },
  goal: { events: ['order_placed'] },
  by: 'channel',
  fields: ['properties.method', 'properties.region'],
  before: [{ name: 'Chat', matcher: { events: ['chat_requested'] } }],
}
const shown = (count: number) => count.toLocaleString('en-US')

test('odds are those of the API, with how good the model is, and people open', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'choice', ...choice })
  const factors = numbers.model?.factors ?? []
  expect(factors.length).toBeGreaterThan(1)
  await openPage(page, `${server().url}/w/demo/choice?ask=${encodeURIComponent(JSON.stringify(choice))}`)
  await expect(page.getByText('A link is not a cause.')).toBeVisible()
  await expect(page.getByRole('list', { name: 'What the choice hangs on' }).locator('> li')).toHaveCount(factors.length)
  await expect(page.getByRole('heading', { name: 'How good it is' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: `${shown(numbers.chosen.whole)}, open profiles: People who chose` }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(numbers.chosen.whole)} profile`)
})

test('too few people for so many things have no model, and it says how many are missing', async ({ page }) => {
  const few = { ...choice, range: { between: { from: day(5), to: day(4) }, zone: 'UTC' } }
  await openPage(page, `${server().url}/w/demo/choice?ask=${encodeURIComponent(JSON.stringify(few))}`)
  await expect(page.getByText('No model is told')).toBeVisible()
})
