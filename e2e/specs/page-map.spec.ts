import { type Api, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { pageWith, sentOnce, startSite, type Site } from '../harness/site.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api
let site: Site
test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(async () => {
  await site?.close()
  await api.close()
})
test.describe.configure({ timeout: 240_000, mode: 'serial' })

/** Widths of windows, each with where the button is clicked: the middle of the page, a tenth below its top. */
const widths = [
  { name: 'phone', viewport: { width: 400, height: 700 } },
  { name: 'tablet', viewport: { width: 800, height: 900 } },
  { name: 'desktop', viewport: { width: 1_200, height: 700 } },
] as const

const SHOP = `
  <style>body { overflow-x: hidden } ::-webkit-scrollbar { display: none }</style>
  <main style="position:relative;height:3000px">
    <button id="buy" style="position:absolute;left:45%;width:10%;top:60px;height:40px">Buy</button>
    <button data-tl-name="stuck" style="position:absolute;left:5%;width:10%;top:400px;height:40px">Stuck</button>
  </main>
  <script>document.querySelector('#buy').onclick = () => { document.title = 'Bought ' + Math.random() }</script>`

type Width = {
  readonly class: string
  readonly views: { readonly times: number }
  readonly page_width: number
  readonly fold: number
  readonly cells: readonly { readonly row: number; readonly column: number; readonly clicks: { readonly times: number }; readonly rage: { readonly times: number }; readonly dead: { readonly times: number } }[]
  readonly elements: readonly { readonly selector: string; readonly text: string | null; readonly clicks: { readonly times: number }; readonly dead: { readonly times: number } }[]
  readonly bands: readonly { readonly top: number; readonly reached: { readonly times: number }; readonly looked_ms: number }[]
}

test('known clicks lie in the right cells at three widths', async ({ page }) => {
  const { ws, writeKey } = await makeWorkspace(api, 'site')
  site = await startSite(
    () => server().url,
    (_, url) => pageWith(writeKey, url, SHOP),
  )
  const inVain = () => sentOnce(site, 'element_clicked').filter((it) => it.properties?.['reaction'] === 'none').length
  for (const [index, { viewport }] of widths.entries()) {
    await page.setViewportSize(viewport)
    await page.goto(`${site.url}/shop`)
    await page.mouse.click(viewport.width / 2, 80)
    for (let count = 0; count < 3; count += 1) await page.mouse.click(viewport.width / 10, 420)
    // Nobody knows that nothing came of a click before it was waited for.
    await expect.poll(inVain, { timeout: 30_000 }).toBe(3 * (index + 1))
    await page.mouse.wheel(0, 700)
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(700)
    await page.goto('about:blank')
  }
  await page.goto(`${site.url}/other`)
  await expectEvents(api, ws, 'element_clicked', { events: 12, profiles: 1 })
  await expect.poll(() => sentOnce(site, 'page_left').length).toBeGreaterThanOrEqual(3)
  const ask = () =>
    api.post<{ readonly numbers: { readonly widths: readonly Width[]; readonly visitors: number } }>(`/w/${ws}/ask`, { kind: 'page_map', range: { all: true }, page: { is: ['/shop'] } })
  await expect.poll(async () => (await ask()).numbers.widths.map((it) => it.views.times), { timeout: 60_000 }).toEqual([1, 1, 1])
  const { numbers } = await ask()
  expect(numbers.visitors).toBe(1)
  for (const [index, { name, viewport }] of widths.entries()) {
    const width = numbers.widths[index]
    expect(width).toMatchObject({ class: name, page_width: viewport.width, fold: viewport.height })
    const side = viewport.width / 20
    expect(width?.cells.map((it) => [it.row, it.column, it.clicks.times, it.rage.times, it.dead.times])).toEqual([
      [Math.floor(80 / side), 10, 1, 0, 0],
      [Math.floor(420 / side), 2, 3, 1, 3],
    ])
    expect(width?.elements.map((it) => [it.selector, it.text, it.clicks.times, it.dead.times])).toEqual([
      ['[data-tl-name="stuck"]', 'Stuck', 3, 3],
      ['#buy', 'Buy', 1, 0],
    ])
    const reached = width?.bands.filter((it) => it.reached.times === 1).length
    expect(reached).toBe((viewport.height + 700) / 100)
    expect(width?.bands[0]?.looked_ms).toBeGreaterThan(5_000)
  }
})

test('the page shows them, and each number opens its people', async ({ page }) => {
  await page.goto(`${server().url}/w/site/page-map`)
  await page.getByRole('list', { name: 'Pages' }).getByRole('button', { name: /\/shop/ }).click()
  await page.getByRole('radio', { name: 'Phone' }).click()
  const elements = page.getByRole('region', { name: /Elements/ }).getByRole('row')
  await expect(elements).toHaveCount(3)
  await expect(elements.nth(1)).toContainText('Stuck')
  await expect(elements.nth(1)).toContainText('100%')
  await page.getByRole('radio', { name: 'Scrolling' }).click()
  await expect(page.getByRole('region', { name: /Scrolling/ }).getByRole('row').nth(1)).toContainText('100%')
  await page.getByRole('radio', { name: 'Attention' }).click()
  await expect(page.getByRole('row', { name: /^0 px/ })).toBeVisible()
  await page.getByRole('radio', { name: 'Clicks' }).click()
  await elements.nth(1).getByRole('button').click()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText('1 profile')
})

test('an element is named afterwards, and signals are steps', async ({ page }) => {
  await page.goto(`${server().url}/w/site/vocabulary`)
  await page.getByRole('button', { name: 'Suggest anew' }).click()
  await page.getByRole('radio', { name: 'Signals' }).click()
  await expect(page.getByRole('list', { name: 'Signals' }).getByRole('listitem')).toHaveCount(3)
  await page.getByRole('radio', { name: 'Elements' }).click()
  await page.getByRole('button', { name: 'Name Stuck' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Stuck button')
  await page.getByRole('dialog').getByRole('button', { name: 'Add touchpoint' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('The vocabulary holds now')).toBeVisible()
  const funnel = {
    kind: 'funnel',
    range: { all: true },
    steps: [
      { name: 'seen', matcher: { events: ['page_viewed'] } },
      { name: 'stuck', matcher: { touchpoints: ['stuck_button'] } },
      { name: 'rage', matcher: { signals: ['rage_click'], touchpoints: ['stuck_button'] } },
    ],
  }
  const answer = await api.post<{ readonly numbers: { readonly steps: readonly { readonly reached: number }[] } }>('/w/site/ask', funnel)
  expect(JSON.stringify(answer.numbers)).toContain('"steps"')
  const counted = (signals: readonly string[]) =>
    api
      .post<{ readonly numbers: { readonly total: { readonly events: number } } }>('/w/site/ask', { kind: 'counts', range: { all: true }, every: 'range', series: [{ name: 'a', matcher: { signals } }] })
      .then((it) => it.numbers.total.events)
  expect(await counted(['rage_click'])).toBe(3)
  expect(await counted(['dead_click'])).toBe(9)
  await expect(api.post('/w/site/ask', { kind: 'counts', range: { all: true }, every: 'range', series: [{ name: 'a', matcher: { signals: ['unheard'] } }] })).rejects.toThrow(/unheard/)
})
