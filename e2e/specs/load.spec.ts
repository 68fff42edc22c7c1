import { makeWorkspace, openApi } from '../harness/api.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

/** As DESIGN sets it: what a browser fetches before the first page can be used. */
const SCRIPT_BYTES_MAX = 200_000

const server = serve()

test('the first page takes at most 200 kB of compressed script', async ({ page }) => {
  const api = await openApi(server())
  await makeWorkspace(api, 'first')
  await api.close()
  const sizes = new Map<string, Promise<number>>()
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return
    sizes.set(request.url(), request.sizes().then((it) => it.responseBodySize))
  })
  await openPage(page, `${server().url}/w/first`)
  const bytes = await Promise.all(sizes.values())
  const sum = bytes.reduce((before, it) => before + it, 0)
  expect(bytes.length).toBeGreaterThan(0)
  expect(sum).toBeGreaterThan(0)
  expect(sum).toBeLessThanOrEqual(SCRIPT_BYTES_MAX)
})
