import { type Api, listProfiles, openApi } from '../harness/api.ts'
import { expectLooks, languages } from '../harness/looks.ts'
import { openPage, pagePaths } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api
let map: string
let profile: string

test.beforeAll(async () => {
  api = await openApi(server())
  const maps = await api.get<{ readonly maps: readonly { readonly id: string }[] }>('/w/demo/maps')
  const [first] = await listProfiles(api, 'demo', 1)
  map = maps.maps[0]?.id ?? ''
  profile = String(first)
})
test.afterAll(() => api?.close())

test('the demo shop has a finished map with people behind its numbers', async ({ page }) => {
  expect(map).not.toBe('')
  await openPage(page, `${server().url}/w/demo/maps/${map}`)
  const stored = await api.get<object>(`/w/demo/maps/${map}`)
  expect(JSON.stringify(stored)).toContain('"steps"')
  await expect(page.getByRole('main')).toContainText('%')
})

type Times = { readonly times: number }
type PageMap = { readonly numbers: { readonly widths: readonly { readonly views: Times; readonly elements: readonly { readonly selector: string; readonly clicks: Times }[] }[] } }

test('the demo shop has pages with clicks, and signals of friction', async ({ page }) => {
  const { numbers } = await api.post<PageMap>('/w/demo/ask', { kind: 'page_map', range: { all: true }, page: { is: ['/'] } })
  for (const { views, elements } of numbers.widths.filter((it) => it.views.times > 0)) {
    expect(views.times).toBeGreaterThan(5)
    expect(elements.map((it) => it.selector)).toContain('#hero')
  }
  const { vocabulary } = await api.get<{ readonly vocabulary: { readonly signals: readonly { readonly id: string }[] } }>('/w/demo/vocabulary')
  // Of so few customers hardly any is refused by a form; the other signals are always there.
  const usual = ['rage_click', 'dead_click', 'quick_back', 'repeated_search', 'zero_results']
  expect(vocabulary.signals.map((it) => it.id)).toEqual(expect.arrayContaining(usual))
  await openPage(page, `${server().url}/w/demo/page-map`)
  await page.getByRole('list', { name: 'Pages' }).getByRole('button').first().click()
  await expect(page.getByRole('region', { name: /Elements/ }).getByRole('row').nth(1)).toBeVisible()
})

const paths = () => [
  ...pagePaths.map((path) => ({ name: path === '' ? 'home' : path.slice(1), path })),
  { name: 'map as a grid', path: `/maps/${map}` },
  { name: 'map as a flow', path: `/maps/${map}?view=flow` },
  { name: 'map as a list', path: `/maps/${map}?view=outline` },
  { name: 'coverage of the map', path: `/maps/${map}?panel=coverage` },
  { name: 'profile', path: `/profiles/${profile}` },
  { name: 'files', path: '/sources?tab=import' },
  { name: 'quarantine', path: '/sources?tab=quarantine' },
  { name: 'tracking plan', path: '/catalogue?tab=plan' },
]

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test(`every page of the shop is accessible`, async ({ page }) => {
      test.setTimeout(600_000)
      for (const { name, path } of paths()) {
        await test.step(name, async () => {
          await openPage(page, `${server().url}/w/demo${path}`)
          await expectLooks(page, `shop-${name.replaceAll(' ', '-')}`, locale)
        })
      }
    })
  })
}
