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

type Passes = { readonly times: number; readonly profiles: number }
type Topics = { readonly texts: Passes; readonly topics: readonly { readonly terms: readonly string[]; readonly texts: Passes }[] }
type Unexpected = { readonly profiles: number; readonly tested: number; readonly ways: readonly unknown[] }

const range = { between: { from: day(58), to: day(3) }, zone: 'UTC' }
const shown = (count: number) => count.toLocaleString('en-US')

test('topics are those of the API, and their writers open', async ({ page }) => {
  const topics = { range, fields: ['properties.comment'] }
  const { numbers } = await api.post<{ readonly numbers: Topics }>('/w/demo/ask', { kind: 'topics', ...topics })
  expect(numbers.topics.length).toBeGreaterThan(0)
  await openPage(page, `${server().url}/w/demo/topics?ask=${encodeURIComponent(JSON.stringify(topics))}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Topics' })).toBeVisible()
  const list = page.getByRole('list', { name: 'What they write of' })
  await expect(list.locator('> li')).toHaveCount(numbers.topics.length)
  await expect(list).toContainText(numbers.topics[0]?.terms[0] ?? '')
  await expectAccessible(page)
  await page.getByRole('button', { name: `${shown(numbers.texts.profiles)}, open profiles: Writers` }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(numbers.texts.profiles)} profile`)
})

test('texts are suggested by the names of fields', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/topics`)
  await page.getByRole('button', { name: 'properties.comment', exact: true }).click()
  await expect(page.getByRole('list', { name: 'What they write of' })).toBeVisible()
})

test('ways that stand out are told against what is expected, or that there are none', async ({ page }) => {
  const unexpected = { range, by: 'event', pause_max: '30m' }
  const { numbers } = await api.post<{ readonly numbers: Unexpected }>('/w/demo/ask', { kind: 'unexpected', ...unexpected })
  await openPage(page, `${server().url}/w/demo/unexpected?ask=${encodeURIComponent(JSON.stringify(unexpected))}`)
  await expect(page.getByText('Unexpected is not wrong.')).toBeVisible()
  if (numbers.ways.length === 0) await expect(page.getByText('No way stands out')).toBeVisible()
  else await expect(page.getByRole('list', { name: 'Ways that stand out' }).locator('> li')).toHaveCount(numbers.ways.length)
  await expectAccessible(page)
  await page.getByRole('button', { name: `${shown(numbers.profiles)}, open profiles: People on any way` }).click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(numbers.profiles)} profile`)
})
