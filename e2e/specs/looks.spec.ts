import { makeWorkspace, openApi } from '../harness/api.ts'
import { expectFrame, expectLooks, languages } from '../harness/looks.ts'
import { openPage, pagePaths } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'
import { expectTexts } from '../harness/texts.ts'

const server = serve()
const home = () => `${server().url}/w/empty`

test.beforeAll(async () => {
  const api = await openApi(server())
  await makeWorkspace(api, 'empty', 'An empty shop')
  await api.close()
})

test('every page in the navigation is looked at', async ({ page }) => {
  await openPage(page, home())
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  const known = pagePaths.map((path) => `/w/empty${path}`)
  expect([...new Set(paths.map((path) => path.replace(/\/$/, '')))].sort()).toEqual([...known].sort())
})

test('what stands around every page has colors that can be told apart', async ({ page }) => {
  await openPage(page, home())
  await expectFrame(page)
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    // One browser for all of them: it fetches the interface once.
    test('every page without events is accessible', async ({ page }) => {
      test.setTimeout(600_000)
      for (const path of pagePaths) {
        await test.step(path === '' ? 'home' : path.slice(1), async () => {
          await openPage(page, home() + path)
          await expectTexts(page)
          await expectLooks(page, `empty${path.replaceAll('/', '-')}`, locale)
        })
      }
    })
  })
}
