import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { take } from '../harness/files.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '1500', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Passes = { readonly times: number; readonly profiles: number }
type Board = {
  readonly events: Passes
  readonly conversions: { readonly passes: Passes }
  readonly lines: readonly { readonly channel: string; readonly meetings: { readonly events: Passes; readonly contacts: Passes } }[]
  readonly by_stage: readonly object[]
}
type At = 'any' | 'before' | { readonly stage: string }
type Cell = { readonly at: At; readonly from: string; readonly to: string; readonly switches: Passes; readonly outcome: { readonly mature: number; readonly went_on: number } }
type Switches = { readonly acts: Passes; readonly switches: readonly Cell[] }

const range = { between: { from: day(50), to: day(10) }, zone: 'UTC' }
const goal = { events: ['order_placed'] }

async function answer<Numbers>(report: object): Promise<Numbers> {
  return (await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', report)).numbers
}

const shown = (count: number) => count.toLocaleString('en-US')
const open = (page: Page, path: string, ask: object, more = '') => openPage(page, `${server().url}/w/demo/${path}?ask=${encodeURIComponent(JSON.stringify(ask))}${more}`)

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(count)} profile`)
  await page.keyboard.press('Escape')
}

test('a board is built, opens its people and leaves as a file', async ({ page }) => {
  await open(page, 'channels', { range, goal: {} })
  await expect(page.getByText('Say what a conversion is')).toBeVisible()
  await page.getByRole('button', { name: /Events that are conversions/ }).click()
  await page.getByRole('combobox', { name: 'Search touchpoints, events and channels' }).fill('order_placed')
  await page.getByRole('option', { name: /order_placed/ }).first().click()
  await page.keyboard.press('Escape')
  await page.getByRole('checkbox', { name: 'Each stage as well' }).check()
  const numbers = await answer<Board>({ kind: 'channels', range, goal, by_stage: true })
  const rows = page.getByRole('region', { name: 'Table: Channels', exact: true }).locator('tbody tr')
  await expect(rows).toHaveCount(numbers.lines.length)
  await expectPeople(page, () => page.locator('dl').getByRole('button').first().click(), numbers.events.profiles)
  const email = numbers.lines.findIndex((it) => it.channel === 'email')
  await expectPeople(page, () => rows.nth(email).getByRole('button').first().click(), numbers.lines[email]?.meetings.events.profiles ?? -1)
  await expectPeople(page, () => rows.nth(email).getByRole('button').nth(1).click(), numbers.lines[email]?.meetings.contacts.profiles ?? -1)
  const byStage = page.getByRole('region', { name: 'Table: Channels by stage' })
  await expect(byStage.locator('tbody th[scope="row"]')).toHaveCount(numbers.by_stage.length)
  await expectAccessible(page)
  const text = await exported(page)
  expect(text).toContain('# table,channels')
  expect(text).toContain('# table,by_stage')
  const line = text.split('\r\n').find((it) => it.startsWith('email,'))
  expect(line?.split(',')[2]).toBe(String(numbers.lines[email]?.meetings.events.profiles))
})

test('the table of switches is walked by keyboard, and a cell is looked at closely', async ({ page }) => {
  const numbers = await answer<Switches>({ kind: 'switches', range })
  await open(page, 'switches', { range })
  await expectPeople(page, () => page.locator('dl').getByRole('button').first().click(), numbers.acts.profiles)
  const grid = page.getByRole('grid', { name: 'Switches · All stages' })
  const first = grid.locator('button[data-pair][tabindex="0"]')
  await expect(first).toHaveCount(1)
  await first.focus()
  await page.keyboard.press('ArrowRight')
  const pair = (await page.evaluate(() => document.activeElement?.getAttribute('data-pair'))) ?? ''
  const [from, to] = pair.split('.')
  const cell = numbers.switches.find((it) => it.at === 'any' && it.from === from && it.to === to)
  expect(cell).toBeDefined()
  await page.keyboard.press('Enter')
  const facts = page.getByText('What came of it').locator('..')
  const fact = (name: string) => facts.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]')
  await expectPeople(page, () => fact('Switched').getByRole('button').click(), cell?.switches.profiles ?? -1)
  await expectPeople(page, () => fact('Went on').getByRole('button').click(), cell?.outcome.went_on ?? -1)
  await expect(page).toHaveURL(new RegExp(`pair=${from}.${to}`))
  await expectAccessible(page)
  await page.getByRole('radio', { name: 'Switches' }).click()
  await expect(grid.locator(`button[data-pair="${pair}"]`)).toHaveText(shown(cell?.switches.times ?? -1))
  const text = await exported(page)
  const line = text.split('\r\n').find((it) => it.startsWith(`any,,,${from},${to},`))
  expect(line?.split(',').slice(5, 7)).toEqual([String(cell?.switches.times), String(cell?.switches.profiles)])
})

test('a saved question of switches opens as it was', async ({ page }) => {
  await open(page, 'switches', { range, within: '1d' }, '&show=gap')
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this report' })
  await dialog.getByLabel('Title').fill('Hand-overs')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/\/w\/demo\/reports\/hand-overs$/)
  await openPage(page, page.url())
  await expect(page.getByRole('region', { name: 'Saved report' })).toContainText('Hand-overs')
  await expect(page.getByRole('radio', { name: 'Median gap' })).toBeChecked()
})

/** The answer of the page as a file. */
async function exported(page: Page): Promise<string> {
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click()
  const csv = await take(page, page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'CSV for spreadsheets' }))
  await page.keyboard.press('Escape')
  return csv.bytes.toString('utf8')
}
