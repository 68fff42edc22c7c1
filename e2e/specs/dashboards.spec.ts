import { createHmac } from 'node:crypto'
import type { Browser, Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { expectLooks, languages } from '../harness/looks.ts'
import { openPage } from '../harness/pages.ts'
import { type Sink, startSink } from '../harness/sink.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({
  command: 'demo',
  args: ['--profiles', '600', '--days', '60', '--seed', '7'],
  // Webhooks of the tests lead to this machine, which nobody may call otherwise.
  env: { THROUGHLINE__OUTGOING__ALLOW: '["127.0.0.1"]', THROUGHLINE__OUTGOING__PORTS: '[]', THROUGHLINE__OUTGOING__HTTPS_ONLY: 'false' },
})
let api: Api
let sink: Sink

test.beforeAll(async () => {
  api = await openApi(server())
  sink = await startSink()
})
test.afterAll(async () => {
  await api?.close()
  await sink?.close()
})

const home = () => `${server().url}/w/demo`
const range = { between: { from: day(50), to: day(3) }, zone: 'UTC' }
const steps = [
  { name: 'View', matcher: { events: ['product_viewed'] } },
  { name: 'Order', matcher: { events: ['order_placed'] } },
]

const card = (page: Page, name: string) => page.getByRole('list', { name: 'Cards' }).getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2, name, exact: true }) })
const titles = (page: Page) => page.getByRole('list', { name: 'Cards' }).getByRole('heading', { level: 2 })

async function funnelSize(filter?: object): Promise<string> {
  const body = { kind: 'funnel', range, steps, ...(filter === undefined ? {} : { filter: { rule: filter } }) }
  const { numbers } = await api.post<{ readonly numbers: { readonly converted: { readonly whole: number } } }>('/w/demo/ask', body)
  return numbers.converted.whole.toLocaleString('en-US')
}

async function makeBoard(title: string, tiles: readonly object[]): Promise<string> {
  const { id } = await api.post<{ readonly id: string }>('/w/demo/dashboards', { title, tiles })
  return id
}

const counts = (title: string) => ({ title, width: 6, height: 2, content: { report: { kind: 'counts', range, every: 'range' } } })

/** Somebody who is not signed in. */
async function stranger(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  return context.newPage()
}

test('a dashboard is built of two cards, filtered, shared, read by a stranger, and its link dies', async ({ page, browser }) => {
  await openPage(page, `${home()}/funnel?ask=${encodeURIComponent(JSON.stringify({ range, steps }))}`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('From view to order')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('region', { name: 'Saved report' }).getByRole('button', { name: 'Add to a dashboard' }).click()
  await page.getByRole('dialog').getByText('On a new dashboard').click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()

  const funnel = card(page, 'From view to order')
  await expect(page.getByRole('heading', { level: 1, name: 'From view to order' })).toBeVisible()
  await expect(funnel).toContainText(await funnelSize())
  await page.getByRole('button', { name: 'Add a card' }).click()
  await page.getByRole('dialog').getByText('Events per day').click()
  await expect(titles(page)).toHaveText(['From view to order', 'Events per day'])
  await expect(card(page, 'Events per day').getByRole('img', { name: 'Over time' })).toBeVisible()

  await page.getByRole('button', { name: 'Filter events' }).click()
  const filter = page.getByRole('dialog', { name: 'Filter events' })
  await filter.getByRole('button', { name: 'Condition' }).click()
  await filter.getByRole('button', { name: /^Field .+, change$/ }).click()
  await page.getByRole('option', { name: /^context\.device\.type/ }).click()
  await filter.getByRole('button', { name: 'choose values' }).click()
  await page.getByRole('listbox', { name: 'Values' }).getByRole('option').first().click()
  await expect(page).toHaveURL(/filter=/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const rule: object = JSON.parse(new URL(page.url()).searchParams.get('filter') ?? '')
  const narrowed = await funnelSize(rule)
  expect(narrowed).not.toBe(await funnelSize())
  await expect(funnel).toContainText(narrowed)
  await page.getByRole('button', { name: 'Keep for everybody' }).click()
  await expect(page.getByText('Only you see it like this')).toBeHidden()
  await page.reload()
  await expect(page.getByRole('group', { name: 'For all cards' })).toContainText('context.device.type is')
  await expect(funnel).toContainText(narrowed)

  await page.getByRole('button', { name: 'Share' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share by link' })
  await dialog.getByRole('textbox', { name: 'For whom' }).fill('The board')
  await dialog.getByRole('button', { name: 'Create the link' }).click()
  const link = await dialog.getByRole('textbox', { name: 'The new link' }).inputValue()

  const guest = await stranger(browser)
  const asked: string[] = []
  guest.on('request', (it) => asked.push(new URL(it.url()).pathname))
  await guest.goto(link)
  await expect(guest.getByRole('heading', { level: 1, name: 'From view to order' })).toBeVisible()
  await expect(guest.getByText(/^Shared by .+ · until /)).toBeVisible()
  await expect(card(guest, 'From view to order')).toContainText(narrowed)
  await expect(guest.getByRole('button', { name: /profiles/i })).toHaveCount(0)
  await expect(guest.getByRole('button', { name: 'Add a card' })).toHaveCount(0)
  expect(asked.filter((it) => it.startsWith('/api/') && !it.startsWith('/api/shared/'))).toEqual([])
  await expectAccessible(guest)

  await dialog.getByRole('button', { name: 'Revoke The board' }).click()
  await expect(dialog.getByText('Nobody has a link yet.')).toBeVisible()
  await guest.reload()
  await expect(guest.getByRole('heading', { level: 1, name: 'This link shows nothing' })).toBeVisible()
  await guest.context().close()
})

test('a map is a card, and people hold for the reports beside it', async ({ page }) => {
  const people = { did: { matcher: { events: ['order_placed'] } } }
  const report = { kind: 'funnel', range, steps }
  const { maps } = await api.get<{ readonly maps: readonly { readonly id: string; readonly title: string }[] }>('/w/demo/maps')
  const map = maps[0] ?? { id: '', title: '' }
  const id = await makeBoard('Who ordered', [{ id: 'a', title: 'Way', width: 6, height: 3, content: { report } }])
  await openPage(page, `${home()}/dashboards/${id}`)
  await page.getByRole('button', { name: 'Add a card' }).click()
  await page.getByRole('dialog').getByText(map.title, { exact: true }).click()
  const drawn = card(page, map.title)
  await expect(drawn.getByRole('list', { name: 'Steps' }).getByRole('listitem').first()).toContainText('%')
  await expect(drawn.getByText('Maps are of everybody')).toBeHidden()
  await page.goto(`${home()}/dashboards/${id}?who=${encodeURIComponent(JSON.stringify(people))}`)
  const { numbers } = await api.post<{ readonly numbers: { readonly converted: { readonly whole: number } } }>('/w/demo/ask', { ...report, people })
  await expect(card(page, 'Way')).toContainText(numbers.converted.whole.toLocaleString('en-US'))
  await expect(drawn.getByText('Maps are of everybody')).toBeVisible()
  await page.getByRole('button', { name: 'Keep for everybody' }).click()
  await expect(page.getByText('Only you see it like this')).toBeHidden()
  await page.reload()
  await expect(page.getByRole('region', { name: 'People:' })).toContainText('Only people who')
  await expectAccessible(page)
  await drawn.getByRole('link', { name: map.title }).click()
  await expect(page).toHaveURL(new RegExp(`/maps/${map.id}`))
})

test("a schedule's test message arrives, signed, and the next moment is in words", async ({ page }) => {
  const id = await makeBoard('Sent week', [{ id: 'a', ...counts('All events') }])
  await openPage(page, `${home()}/dashboards/${id}`)
  await page.getByRole('button', { name: 'Schedule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'New schedule' }).click()
  await dialog.getByRole('radio', { name: 'Webhook' }).click()
  await dialog.getByRole('textbox', { name: 'Address of the webhook' }).fill(sink.url)
  await dialog.getByRole('combobox', { name: 'How often' }).selectOption('week')
  await dialog.getByRole('combobox', { name: 'Day' }).selectOption('5')
  await dialog.getByLabel('Time', { exact: true }).fill('07:45')
  await dialog.getByRole('combobox', { name: 'Zone' }).fill('Europe/Berlin')
  await expect(dialog.getByText('Every Friday at 07:45 (Europe/Berlin)')).toBeVisible()
  await dialog.getByRole('button', { name: 'Save' }).click()
  const secret = await dialog.getByRole('textbox', { name: 'Secret of the webhook' }).inputValue()
  await expect(dialog.getByText(/^Next: .+, in /)).toBeVisible()
  await dialog.getByRole('button', { name: 'Send a test' }).click()
  await expect(dialog.getByText(/^Last test: sent/)).toBeVisible()
  await expectAccessible(page)

  const [message] = sink.taken
  expect(sink.taken).toHaveLength(1)
  const told = JSON.parse(message?.body ?? '')
  expect([told.is_test, told.content.title, told.content.sections[0].title]).toEqual([true, 'Sent week', 'All events'])
  const [, seconds, code] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(message?.headers['throughline-signature'])) ?? []
  expect(code).toBe(createHmac('sha256', secret).update(`${seconds}.${message?.body}`).digest('hex'))
})

test('what a schedule could not send says why', async ({ page }) => {
  const id = await makeBoard('Lost week', [{ id: 'a', ...counts('All events') }])
  const to = { webhook: 'http://127.0.0.1:1/' }
  await api.post('/w/demo/schedules', { title: 'Lost week', of: { dashboard: id }, every: 'day', at: '08:00', zone: 'UTC', to })
  await openPage(page, `${home()}/dashboards/${id}`)
  await page.getByRole('button', { name: 'Schedule' }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(page.getByRole('dialog').getByText(/Last test: failed/)).toBeVisible()
  await expect(page.getByRole('dialog').getByText(/could not connect to 127\.0\.0\.1/)).toBeVisible()
})

test('cards are moved by pointer and by keyboard, sized, taken off and brought back', async ({ page }) => {
  const id = await makeBoard('Moved', ['One', 'Two', 'Three'].map((title, index) => ({ id: `t${index}`, ...counts(title) })))
  await openPage(page, `${home()}/dashboards/${id}`)
  await expect(titles(page)).toHaveText(['One', 'Two', 'Three'])
  await page.getByRole('button', { name: 'Move card 1 of 3' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(titles(page)).toHaveText(['Two', 'One', 'Three'])
  await expect(page.getByRole('button', { name: 'Move card 2 of 3' })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(titles(page)).toHaveText(['Two', 'Three', 'One'])
  await card(page, 'One').getByRole('button', { name: 'More for One' }).click()
  await page.getByRole('menuitem', { name: 'Move earlier' }).click()
  await expect(titles(page)).toHaveText(['Two', 'One', 'Three'])
  await page.getByRole('button', { name: 'Move card 3 of 3' }).dragTo(card(page, 'Two'))
  await expect(titles(page)).toHaveText(['Three', 'Two', 'One'])
  await card(page, 'Two').getByRole('button', { name: 'More for Two' }).click()
  await page.getByRole('menuitemradio', { name: 'Full' }).click()
  await expect(card(page, 'Two')).toHaveAttribute('data-width', '12')
  await card(page, 'Two').getByRole('button', { name: 'More for Two' }).click()
  await page.getByRole('menuitem', { name: 'Take it off' }).click()
  await expect(titles(page)).toHaveText(['Three', 'One'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(titles(page)).toHaveText(['Three', 'Two', 'One'])
  await expect.poll(async () => (await api.get<{ readonly dashboard: { readonly tiles: readonly { readonly title: string }[] } }>(`/w/demo/dashboards/${id}`)).dashboard.tiles.map((it) => it.title)).toEqual(['Three', 'Two', 'One'])
})

test('a text stands between the cards, and words are changed', async ({ page }) => {
  const id = await makeBoard('Words', [])
  await openPage(page, `${home()}/dashboards/${id}`)
  await page.getByRole('button', { name: 'Add a text' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Read first')
  await dialog.getByRole('textbox', { name: 'Text', exact: true }).fill('# What changed\nThe shop moved.\n- new address\n- old prices')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await expect(card(page, 'Read first').getByRole('heading', { level: 3, name: 'What changed' })).toBeVisible()
  await expect(card(page, 'Read first').getByRole('list').getByRole('listitem')).toHaveText(['new address', 'old prices'])
  await page.getByRole('button', { name: 'More for this dashboard' }).click()
  await page.getByRole('menuitem', { name: 'Title and description' }).click()
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Other words')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Other words' })).toBeVisible()
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test('every template draws cards and is accessible', async ({ page }) => {
      test.setTimeout(120_000)
      await openPage(page, `${home()}/dashboards`)
      const templates = page.locator('main section li')
      const count = await templates.count()
      expect(count).toBe(3)
      for (let index = 0; index < count; index += 1) {
        await openPage(page, `${home()}/dashboards`)
        await templates.nth(index).getByRole('button').click()
        await page.waitForURL(/dashboards\/.+/)
        await expect(page.locator('main ol > li').first()).toBeVisible()
        await expect(page.getByRole('status', { name: /Loading|正在|載入|加载/ })).toHaveCount(0, { timeout: 30_000 })
        await expect(page.locator('main [role=alert]')).toHaveCount(0)
        await expectLooks(page, `dashboard-${index}`, locale)
      }
    })
  })
}
