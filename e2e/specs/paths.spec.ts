import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '400', '--days', '40', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

const range = { between: { from: day(35), to: day(3) }, zone: 'UTC' }
const ask = { range, mode: 'after', by: 'event', anchor: { events: ['product_viewed'] }, length: 4, branches: 4, top: 20 }
const report = { kind: 'paths', range, by: 'event', from: ask.anchor, length_max: 4, top: 10_000 }

const open = (page: Page, question: object) => openPage(page, `${server().url}/w/demo/paths?ask=${encodeURIComponent(JSON.stringify(question))}`)
const peopleOf = async (through: object) =>
  (await api.post<{ readonly total: number }>('/w/demo/people', { of: { report }, select: { kind: 'paths', of: { through } }, limit: 1 })).total
const shown = (count: number) => count.toLocaleString('en-US')
const panel = (page: Page) => page.getByRole('complementary').filter({ has: page.getByRole('grid') })

test('a node of the river opens its people, and those whose paths end there', async ({ page }) => {
  const here = await peopleOf({ align: 'start', place: 0, at: { is: ['product_viewed'] } })
  const ended = await peopleOf({ align: 'start', place: 0, at: { is: ['product_viewed'] }, band: 'ended' })
  await open(page, ask)
  await page.getByRole('button', { name: /^product_viewed/ }).first().click()
  const details = page.getByRole('dialog')
  await expect(details.getByText('Profiles here').locator('xpath=..')).toContainText(shown(here))
  await expect(details.getByText('Profiles whose paths end here').locator('xpath=..')).toContainText(shown(ended))
  await expectAccessible(page)
  await details.getByText('Profiles here').locator('xpath=..').getByRole('button').click()
  await expect(panel(page)).toContainText(`${shown(here)} profile`)
})

test('a band opens its people', async ({ page }) => {
  const along = await peopleOf({ align: 'start', place: 0, at: { is: ['product_viewed'] }, band: { to: { at: { is: ['product_added'] }, look: 'forward' } } })
  await open(page, ask)
  const band = page.getByRole('button', { name: /product_viewed → product_added/ }).first()
  await band.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('Profiles along this band').locator('xpath=..').getByRole('button').click()
  await expect(panel(page)).toContainText(`${shown(along)} profile`)
})

test('the last steps before the last time of an event are asked for as they are chosen', async ({ page }) => {
  await open(page, { ...ask, mode: 'before', anchor: { events: ['order_placed'] } })
  await page.getByLabel('Which time').selectOption('The last time')
  await page.getByLabel('Only the last steps').check()
  await expect(page.getByText('Only the last time of the event counts')).toBeVisible()
  const last = { kind: 'paths', range, by: 'event', to: { events: ['order_placed'] }, occurrence: 'last', tail: true, length_max: 4 }
  const { numbers } = await api.post<{ readonly numbers: { readonly total: { readonly profiles: number } } }>('/w/demo/ask', last)
  await expect(page.getByRole('main')).toContainText(shown(numbers.total.profiles))
})

test('stages are paths of what leads to them', async ({ page }) => {
  await open(page, { ...ask, mode: 'start', by: 'stage' })
  await expect(page.getByRole('group', { name: /Paths as a river/ }).getByRole('button').first()).toBeVisible()
})
