import type { Page } from '@playwright/test'
import { expectAccessible } from '../harness/axe.ts'
import { type Api, openApi } from '../harness/api.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Passes = { readonly times: number; readonly profiles: number }
type PathsNumbers = {
  readonly elements: readonly { readonly id: string; readonly name: string }[]
  readonly paths: readonly { readonly elements: readonly string[]; readonly passes: Passes }[]
  readonly total: Passes
  readonly rest: Passes
  readonly unfinished: Passes
  readonly variants: number
}
type TransitionsNumbers = { readonly transitions: readonly { readonly from: string; readonly to: string; readonly passes: Passes }[] }
type StageTimeNumbers = {
  readonly stages: readonly {
    readonly stage: { readonly id: string; readonly name: string }
    readonly stays: Passes
    readonly still_in: Passes
    readonly next: readonly { readonly to: string; readonly passes: Passes }[]
    readonly gave_up: readonly { readonly share: number }[]
  }[]
  readonly by_stay: readonly { readonly stays: Passes; readonly silent: Passes }[]
}
type Spans = { readonly begun: Passes; readonly unfinished: Passes }
type WorkTimeNumbers = { readonly steps: readonly { readonly name: string; readonly waits: Spans; readonly work: Spans }[] }

const range = { between: { from: day(50), to: day(3) }, zone: 'UTC' }
const cart = { events: ['product_added'] }
const order = { events: ['order_placed'] }
const usual = { range, mode: 'start', by: 'touchpoint', length: 5, branches: 6, top: 10 }

async function answer<Numbers>(report: object): Promise<Numbers> {
  return (await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', report)).numbers
}

async function openReport(page: Page, path: 'paths' | 'time', ask: object): Promise<void> {
  await openPage(page, `${server().url}/w/demo/${path}?ask=${encodeURIComponent(JSON.stringify(ask))}`)
}

const shown = (count: number) => count.toLocaleString('en-US')
const read = (text: string | null) => Number((text ?? '').replaceAll(',', ''))
const figure = (page: Page, name: string) => page.locator('dl > div').filter({ has: page.getByRole('term').getByText(name, { exact: true }) }).getByRole('definition')
const river = (page: Page) => page.getByRole('group', { name: /^Paths as a river/ })

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${shown(count)} profile`)
  await page.keyboard.press('Escape')
}

test('the river carries all paths that the API counts, and no others', async ({ page }) => {
  const numbers = await answer<PathsNumbers>({ kind: 'paths', range, by: 'touchpoint', length_max: 5, top: 10_000 })
  expect(numbers.total.times).toBeGreaterThan(100)
  await openReport(page, 'paths', usual)
  await expect(figure(page, 'Paths')).toHaveText(shown(numbers.total.times))
  await expect(figure(page, 'Profiles')).toHaveText(shown(numbers.total.profiles))
  await expect(figure(page, 'Different ways')).toHaveText(shown(numbers.variants))
  const starts = await river(page).locator('button', { hasText: 'Step 1,' }).filter({ hasText: '·' }).locator('span:nth-child(2)').allTextContents()
  const sum = starts.reduce((all, it) => all + read(it.split(' ')[0] ?? ''), 0)
  expect(sum + numbers.rest.times).toBe(numbers.total.times)
  // An element is as large in the second column as all ways that have it there.
  const seconds = new Map<string, number>()
  for (const { elements, passes } of numbers.paths) {
    const id = elements[1]
    if (id !== undefined) seconds.set(id, (seconds.get(id) ?? 0) + passes.times)
  }
  const [id, times] = [...seconds].sort((a, b) => b[1] - a[1])[0] ?? ['', -1]
  const name = numbers.elements.find((it) => it.id === id)?.name ?? ''
  await expect(river(page).getByRole('button', { name: new RegExp(`^${name}\\s*${shown(times)} ·.*Step 2,`) })).toHaveCount(1)
})

test('the ways are those of the API, and each opens its people', async ({ page }) => {
  const numbers = await answer<PathsNumbers>({ kind: 'paths', range, by: 'touchpoint', length_max: 5, top: 10, from: cart })
  await openReport(page, 'paths', { ...usual, mode: 'after', anchor: cart })
  const ways = page.getByRole('list', { name: 'Different ways' }).locator('> li')
  await expect(ways).toHaveCount(11)
  const listed = await ways.getByRole('button', { name: /open profiles/ }).allTextContents()
  expect(listed.map(read)).toEqual([...numbers.paths.map((it) => it.passes.profiles), numbers.rest.profiles])
  await expectPeople(page, () => ways.nth(0).getByRole('button', { name: /open profiles/ }).click(), numbers.paths[0]?.passes.profiles ?? -1)
  await expectPeople(page, () => ways.nth(10).getByRole('button', { name: /open profiles/ }).click(), numbers.rest.profiles)
})

test('between two events those who never arrive are counted apart', async ({ page }) => {
  const numbers = await answer<PathsNumbers>({ kind: 'paths', range, by: 'touchpoint', length_max: 50, top: 10, from: cart, to: order })
  await openReport(page, 'paths', { ...usual, mode: 'between', anchor: cart, goal: order })
  await expect(figure(page, 'Paths')).toHaveText(shown(numbers.total.times))
  await expectPeople(page, () => figure(page, 'Never get there').getByRole('button').click(), numbers.unfinished.profiles)
})

test('the transitions are those of the API', async ({ page }) => {
  const numbers = await answer<TransitionsNumbers>({ kind: 'transitions', range, by: 'touchpoint' })
  const [first] = numbers.transitions
  await openReport(page, 'paths', usual)
  const row = page.getByRole('grid', { name: 'Transitions' }).getByRole('row').nth(1)
  await expect(row.getByRole('gridcell').nth(2)).toHaveText(shown(first?.passes.times ?? -1))
  await expectPeople(page, () => row.getByRole('button', { name: /open profiles/ }).click(), first?.passes.profiles ?? -1)
})

test('the river has one tab stop; arrows walk along it and Enter leads to people', async ({ page }) => {
  await openReport(page, 'paths', { ...usual, mode: 'after', anchor: cart })
  await expect(river(page).locator('[tabindex="0"]')).toHaveCount(1)
  await river(page).locator('[tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.locator(':focus')).toContainText('Product added → ')
  await page.keyboard.press('ArrowRight')
  await expect(page.locator(':focus')).toContainText('1 after')
  await page.keyboard.press('Enter')
  const details = page.getByRole('dialog')
  await expect(details).toContainText('at any step')
  await expectAccessible(page)
  const count = await page.locator(':focus').textContent()
  await expectPeople(page, () => page.keyboard.press('Enter'), read(count))
  await expect(page.locator(':focus')).toContainText('1 after')
})

test('what comes back is told from what goes on, in the table as well', async ({ page }) => {
  await openReport(page, 'paths', { ...usual, mode: 'after', anchor: cart, length: 6 })
  await expect(page.getByText('comes back', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Show as a table' }).click()
  await expect(page.getByRole('row', { name: /Product viewed → Product added .*comes back/ }).first()).toBeVisible()
  await expectAccessible(page)
})

test('the time in stages is that of the API, and those who are still there can be seen', async ({ page }) => {
  const { stages } = await answer<StageTimeNumbers>({ kind: 'stage_time', range })
  await openReport(page, 'time', { range })
  const rows = page.getByRole('list', { name: 'Time in each stage' }).locator('> li').filter({ has: page.getByRole('button') })
  await expect(rows).toHaveCount(stages.length)
  const counts = await rows.getByRole('button', { name: /open profiles/ }).allTextContents()
  expect(counts.map(read)).toEqual(stages.flatMap((it) => [it.stays.profiles, it.still_in.profiles]))
  const second = stages[1]
  await expectPeople(page, () => rows.nth(1).getByRole('button', { name: /Still in/ }).click(), second?.still_in.profiles ?? -1)
  await rows.nth(1).getByRole('button').first().click()
  await expect(page).toHaveURL(/stage=/)
  const outcomes = page.getByRole('region', { name: `Where it leads: ${second?.stage.name}` }).getByRole('listitem')
  await expect(outcomes.first().getByRole('button')).toHaveText(shown(second?.next[0]?.passes.profiles ?? -1))
  await expectAccessible(page)
})

test('the time between two steps of one’s own is asked as it is written', async ({ page }) => {
  const own = [
    { name: 'In the cart', matcher: cart },
    { name: 'Ordered', matcher: order },
  ]
  const { stages } = await answer<StageTimeNumbers>({ kind: 'stage_time', range, stages: own, silence_max: '14d' })
  await openReport(page, 'time', { range, own, silence: '14d' })
  const row = page.getByRole('list', { name: 'Time in each stage' }).locator('> li').filter({ hasText: 'In the cart' })
  await expect(row.getByRole('button', { name: /open profiles/ }).first()).toHaveText(shown(stages[0]?.stays.profiles ?? -1))
})

test('who gives up is told by time and by stages taken, and can be seen', async ({ page }) => {
  const { stages, by_stay } = await answer<StageTimeNumbers>({ kind: 'stage_time', range, silence_max: '7d' })
  const given = stages.find((it) => it.gave_up.length > 0)
  expect(given).toBeDefined()
  await openPage(page, `${server().url}/w/demo/time?ask=${encodeURIComponent(JSON.stringify({ range, silence: '7d' }))}&stage=${given?.stage.id ?? ''}`)
  await expect(page.getByRole('region', { name: `Who gives up: ${given?.stage.name}` }).getByRole('img')).toBeVisible()
  const rows = page.getByRole('region', { name: 'Table: Who gives up, by stages taken' }).getByRole('row')
  await expect(rows).toHaveCount(by_stay.length + 1)
  const [first] = by_stay
  await expectPeople(page, () => rows.nth(1).getByRole('button').nth(0).click(), first?.stays.profiles ?? -1)
  await expectPeople(page, () => rows.nth(1).getByRole('button').nth(2).click(), first?.silent.profiles ?? -1)
  await expectAccessible(page)
})

test('waiting and work are found in the names of events, asked with one press, and lead to people', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/time`)
  await page.getByRole('radio', { name: 'Waiting and work' }).or(page.getByRole('button', { name: 'Waiting and work' })).click()
  await page.getByRole('button', { name: /ticket_closed$/ }).click()
  const { range } = JSON.parse(new URL(page.url()).searchParams.get('work') ?? '{}') as { readonly range: object }
  const ticket = { name: 'Ticket', asked: { events: ['ticket_opened'] }, start: { events: ['ticket_answered'] }, end: { events: ['ticket_closed'] } }
  const { steps } = await answer<WorkTimeNumbers>({ kind: 'work_time', range, steps: [ticket] })
  const [step] = steps
  const rows = page.getByRole('list', { name: 'Waiting and work' }).last().locator('> li').filter({ hasText: 'Ticket' })
  const counts = await rows.getByRole('button', { name: /open profiles/ }).allTextContents()
  expect(counts.map(read)).toEqual([step?.waits, step?.work].flatMap((it) => [it?.begun.profiles, it?.unfinished.profiles]))
  await expectPeople(page, () => rows.getByRole('button', { name: /open profiles/ }).first().click(), step?.waits.begun.profiles ?? -1)
  await expectAccessible(page)
})
