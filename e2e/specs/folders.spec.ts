import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectAccessible } from '../harness/axe.ts'
import { type Api, countEvents, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-watched-')))
const folder = join(root, 'shop')
mkdirSync(folder)
const server = serve({ env: { THROUGHLINE__IMPORT__FOLDERS: JSON.stringify([root]), THROUGHLINE__IMPORT__LOOK_EVERY: '1s' } })
let api: Api

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  api = await openApi(server())
  await makeWorkspace(api, 'watched', 'A shop with a folder')
})
test.afterAll(async () => {
  await api?.close()
  rmSync(root, { recursive: true, force: true })
})

const pageUrl = () => `${server().url}/w/watched/sources?tab=import`

function write(name: string, customers: number): void {
  const rows = Array.from({ length: customers }, (_, it) => `c-${it},order_placed,2026-03-01T09:0${it}:00Z,59`)
  writeFileSync(join(folder, name), `customer,event,time,price\n${rows.join('\n')}\n`)
}

test('a folder is looked into, a file of it gives the mapping, and the folder is watched', async ({ page }) => {
  write('monday.csv', 3)
  await openPage(page, pageUrl())
  await expect(page.getByText('No folder is watched')).toBeVisible()
  await expectAccessible(page)
  const form = page.getByRole('form', { name: 'Watch a folder' })
  await form.getByRole('textbox', { name: 'Folder within it' }).fill('shop')
  await form.getByRole('button', { name: 'Look into it' }).click()
  await expect(form.getByText('1 file would be taken.')).toBeVisible()
  await expectAccessible(page)
  await form.getByRole('button', { name: 'Open monday.csv' }).click()
  await expect(page.getByText('What the columns mean')).toBeVisible()
  await page.getByRole('combobox', { name: 'Known customer' }).selectOption('customer')
  await page.getByRole('button', { name: 'Keep this mapping' }).click()
  await expect(page.getByText('The mapping is kept')).toBeVisible()
  await page.getByRole('button', { name: 'Another file' }).click()
  await form.getByRole('textbox', { name: 'Folder within it' }).fill('shop')
  await form.getByRole('textbox', { name: 'Which files' }).fill('*.csv')
  await form.getByRole('button', { name: 'Watch it' }).click()
  const files = page.getByRole('list', { name: `Files of ${folder}/*.csv` })
  await page.getByText('1 file', { exact: true }).click({ timeout: 30_000 })
  await expect(files.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(files.getByText('3 rows, 3 new')).toBeVisible()
  await expectAccessible(page)
  await expectEvents(api, 'watched', 'order_placed', { events: 3, profiles: 3 })
})

test('what fails says why, and is taken when it is mended; the same content counts once', async ({ page }) => {
  writeFileSync(join(folder, 'tuesday.csv'), 'who,what\nc-1,seen\n')
  write('copy.csv', 3)
  await openPage(page, pageUrl())
  const files = page.getByRole('list', { name: `Files of ${folder}/*.csv` })
  await expect(files.getByText('not taken')).toBeVisible({ timeout: 30_000 })
  await expect(files.getByText('the same content was imported before')).toBeVisible({ timeout: 30_000 })
  await expect(files.getByText('the mapping does not fit the file')).toBeVisible()
  await expectAccessible(page)
  await files.getByRole('button', { name: 'Try again: tuesday.csv' }).click()
  await expect(files.getByText('not taken')).toBeVisible({ timeout: 30_000 })
  write('tuesday.csv', 5)
  await expect(files.getByText('5 rows, 2 new')).toBeAttached({ timeout: 30_000 })
  expect(await countEvents(api, 'watched', 'order_placed')).toEqual({ events: 5, profiles: 5 })
})

test('a folder is paused and left, and what it brought stays', async ({ page }) => {
  await openPage(page, pageUrl())
  const name = `${folder}/*.csv`
  await page.getByRole('button', { name: `Pause ${name}` }).click()
  const list = page.getByRole('list', { name: 'Watched folders' })
  await expect(list.getByText('paused')).toBeVisible()
  await page.getByRole('button', { name: `Stop watching ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Stop watching' }).click()
  await expect(page.getByText('No folder is watched')).toBeVisible()
  expect(await countEvents(api, 'watched', 'order_placed')).toEqual({ events: 5, profiles: 5 })
})
