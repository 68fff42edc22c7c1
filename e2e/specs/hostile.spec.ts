import { type Api, expectEvents, listProfiles, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { openPage, pagePaths } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

/** Text that becomes a script, a link or a lie wherever it is not treated as text. */
const payloads = [
  `<img src=x onerror="window.hacked=1">`,
  `"><script>window.hacked=1</script>`,
  `<svg/onload=window.hacked=1>`,
  `javascript:window.hacked=1`,
  `{{constructor.constructor('window.hacked=1')()}}`,
  `\u202Eevil\u202C`,
  `__proto__`,
]

const ws = 'hostile'
const server = serve()
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
  const { writeKey } = await makeWorkspace(api, ws, payloads[0])
  await api.post(`/w/${ws}/keys`, { name: payloads[1] })
  const batch = payloads.flatMap((text, index) => [
    { type: 'identify', userId: text, traits: { name: text, email: `${text}@example.com`, [text]: text } },
    {
      type: 'track',
      userId: text,
      event: text,
      properties: { [text]: text, url: text, list: [text, { [text]: text }] },
      context: { page: { title: text, url: text, referrer: text }, campaign: { source: text, medium: text, name: text } },
    },
    { type: 'page', userId: text, name: text, properties: { title: text, url: text, path: text } },
    { type: 'track', userId: text, event: 'order_placed', messageId: `${index}-${text}`, properties: { value: text } },
  ])
  await sendBatch(server(), writeKey, batch)
  // What is refused keeps its text too, where it is shown with its reason.
  await sendBatch(server(), writeKey, payloads.map((text) => ({ type: text, event: text, userId: text, timestamp: text })))
  await expectEvents(api, ws, 'order_placed', { events: payloads.length, profiles: payloads.length })
})
test.afterAll(() => api?.close())

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => Reflect.get(globalThis, 'hacked')), 'a script ran').toBeUndefined()
  await expect(page.locator('img[src="x"], svg[onload], main script, a[href^="javascript:"]')).toHaveCount(0)
})

for (const path of pagePaths) {
  test(`${path === '' ? 'home' : path.slice(1)} shows hostile text as text`, async ({ page }) => {
    await openPage(page, `${server().url}/w/${ws}${path}`)
    // Everything that opens without leaving the page may show more of it.
    for (const tab of await page.getByRole('tab').all()) await tab.click()
    await expect(page.getByRole('main')).toBeVisible()
  })
}

test('live events carry their hostile names as they came', async ({ page }) => {
  await openPage(page, `${server().url}/w/${ws}/live`)
  for (const text of payloads.slice(0, 5)) await expect(page.getByText(text).first()).toBeVisible()
})

test('profiles with hostile traits open', async ({ page }) => {
  const profiles = await listProfiles(api, ws, 50)
  expect(profiles.length).toBeGreaterThanOrEqual(payloads.length)
  for (const id of profiles) {
    await openPage(page, `${server().url}/w/${ws}/profiles/${id}`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('')
  }
})

test('a map with hostile titles opens', async ({ page }) => {
  const range = { all: true }
  const goal = { events: ['order_placed'] }
  const { map } = await api.post<{ readonly map: object }>(`/w/${ws}/maps/discover`, { goal, range, title: payloads[0] })
  const { id } = await api.post<{ readonly id: string }>(`/w/${ws}/maps`, map)
  await openPage(page, `${server().url}/w/${ws}/maps/${encodeURIComponent(id)}`)
  await expect(page.getByRole('main')).toContainText(payloads[0] ?? '')
})
