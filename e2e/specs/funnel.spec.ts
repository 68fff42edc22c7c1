import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type FunnelNumbers = {
  readonly steps: readonly { readonly profiles: number; readonly lost: { readonly profiles: number } }[]
  readonly lines: readonly { readonly steps: readonly number[] }[]
  readonly difference?: { readonly degrees: number; readonly p: number; readonly lines: number; readonly small_lines: number }
}

const funnel = {
  range: { between: { from: day(50), to: day(3) }, zone: 'UTC' },
  steps: [
    { name: 'See', matcher: { events: ['product_viewed'] } },
    { name: 'Cart', matcher: { events: ['product_added'] } },
    { name: 'Order', matcher: { events: ['order_placed'] } },
  ],
  breakdown: { field: 'channel' },
}

const answer = async (report: object) => (await api.post<{ readonly numbers: FunnelNumbers }>('/w/demo/ask', { kind: 'funnel', ...report })).numbers
const open = (page: Page, ask: object) => openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(ask))}`)
const shown = (count: number) => count.toLocaleString('en-US')

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(count)} profile`)
  await page.keyboard.press('Escape')
}

test('the steps are those of the API, and those who reach or leave them can be seen', async ({ page }) => {
  const { steps } = await answer(funnel)
  await open(page, funnel)
  const bars = page.getByRole('main').getByRole('list', { name: 'Steps' }).last().locator('> li')
  await expect(bars).toHaveCount(3)
  await expectPeople(page, () => bars.nth(1).getByRole('button').first().click(), steps[1]?.profiles ?? -1)
  await expectPeople(page, () => bars.nth(1).getByRole('button', { name: /Lost/ }).click(), steps[1]?.lost.profiles ?? -1)
})

test('values are compared by a test over all of them, in words and with its figures', async ({ page }) => {
  const { difference, lines } = await answer(funnel)
  expect(difference?.degrees).toBe((difference?.lines ?? 0) - 1)
  expect((difference?.lines ?? 0) + (difference?.small_lines ?? 0)).toBe(lines.length)
  await open(page, funnel)
  const section = page.getByRole('region', { name: 'By channel' })
  await expect(section).toContainText(`degrees of freedom: ${difference?.degrees}`)
  await expect(section).toContainText((difference?.p ?? 1) < 0.05 ? 'The values convert differently' : 'Chance may explain the difference')
  await expectPeople(page, () => section.locator('tbody tr').first().getByRole('button').first().click(), lines[0]?.steps[0] ?? -1)
  await expectAccessible(page)
})

test('a value that knows the end is not compared, and the page says why', async ({ page }) => {
  const late = { ...funnel, breakdown: { field: 'channel', attribution: 'last' } }
  expect((await answer(late)).difference).toBeUndefined()
  await open(page, late)
  await expect(page.getByRole('region', { name: 'By channel' })).toContainText('knows how far people got')
})

type Times = { readonly times: readonly { readonly from_step: number; readonly to_step: number; readonly arrived: { readonly profiles: number }; readonly bins: readonly { readonly profiles: number }[] }[] }

test('the time from step to step is told of all on the way, and each bar opens its people', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Times }>('/w/demo/ask', { kind: 'funnel', ...funnel, times: true })
  const [whole, first] = numbers.times
  expect(numbers.times.map((it) => [it.from_step, it.to_step])).toEqual([
    [0, 2],
    [0, 1],
    [1, 2],
  ])
  await open(page, funnel)
  const section = page.getByRole('region', { name: 'How long it takes' })
  await expectPeople(page, () => section.locator('tbody tr').first().getByRole('button').nth(2).click(), whole?.arrived.profiles ?? -1)
  await section.getByRole('button', { name: 'See → Cart', exact: true }).click()
  const bars = section.getByRole('group', { name: 'Who got there, by time taken: See → Cart' }).getByRole('button')
  await expect(bars).toHaveCount(first?.bins.length ?? -1)
  const largest = (first?.bins ?? []).reduce((most, bin, index, all) => (bin.profiles > (all[most]?.profiles ?? 0) ? index : most), 0)
  await expectPeople(page, () => bars.nth(largest).click(), first?.bins[largest]?.profiles ?? -1)
})

test('the definition is told in words, and another product’s choices are one choice', async ({ page }) => {
  await open(page, { ...funnel, exclusions: [{ matcher: { events: ['product_removed'] }, after: 0, before: 2 }] })
  const words = page.getByRole('list', { name: 'In words' })
  await expect(words).toContainText('Every profile counts once.')
  await expect(words).toContainText('When product_removed happens between See and Order, the attempt does not count')
  await page.getByLabel('Count like').selectOption('Mixpanel')
  await expect(words).toContainText('the attempt ends at the step it had reached')
  await expect(words).toContainText('A step may lie up to 2s before the one it follows.')
  await page.getByLabel('Which first step starts it').selectOption('The one that leads furthest')
  await expect(page.getByLabel('Count like')).toHaveValue('own')
})

test('who may still convert is told apart by date of entry', async ({ page }) => {
  const recent = { ...funnel, range: { last: '30d', zone: 'UTC' } }
  await open(page, recent)
  const section = page.getByRole('region', { name: 'By date of entry' })
  await section.getByText('People by date').click()
  const row = section.locator('tbody tr').nth(2)
  const cells = row.getByRole('button')
  const counts = (await cells.allTextContents()).map((it) => Number(it.replaceAll(',', '')))
  const [entered = 0, ...parts] = counts
  expect(parts.reduce((sum, it) => sum + it, 0)).toBe(entered)
  await expectPeople(page, () => cells.first().click(), entered)
  await expectAccessible(page)
})
