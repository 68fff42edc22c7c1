import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { take } from '../harness/files.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '300', '--days', '30', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

test('a person is exported, erased after the name was typed, and reported without a name', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/profiles`)
  await page.getByRole('row').nth(1).click()
  await expect(page.getByRole('link', { name: 'Export all data' })).toBeVisible()
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  const address = page.url()
  await expectAccessible(page)
  const file = await take(page, page.getByRole('link', { name: 'Export all data' }))
  const lines = file.bytes.toString('utf8').trim().split('\n').map((line) => JSON.parse(line))
  expect(lines.at(-1)).toEqual({ kind: 'end', complete: true })
  expect(lines.filter((it) => it.kind === 'event').length).toBeGreaterThan(0)

  await page.getByRole('button', { name: 'Erase this person' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('cannot be undone')
  const refuse = dialog.getByRole('checkbox', { name: /And refuse what comes later/ })
  await expect(refuse).toBeChecked()
  await refuse.uncheck()
  await expect(dialog).toContainText('Whoever comes back is somebody new')
  await refuse.check()
  await expectAccessible(page)
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: 'Erase this person' }).click()
  const list = page.getByRole('list', { name: 'Erasures' })
  await expect(list).toContainText('Erasure 1')
  await expect(list).toContainText('Done', { timeout: 60_000 })
  await expect(list).not.toContainText(name)
  await expect(list).toContainText('What comes later is refused; nothing has come')
  await expectAccessible(page)
  await list.getByRole('button', { name: 'Take in again' }).click()
  await expectAccessible(page)
  const why = 'They came back as a customer'
  await dialog.getByRole('textbox').fill(why)
  await dialog.getByRole('button', { name: 'Take in again' }).click()
  await expect(list).toContainText('Taken in again since', { timeout: 30_000 })
  await expect(list).toContainText(why)
  await expect(list.getByRole('button', { name: 'Take in again' })).toHaveCount(0)
  await page.goto(address)
  await expect(page.getByRole('main')).toContainText('There is no such profile')
  await expect(page.getByRole('main')).not.toContainText(name)
})
