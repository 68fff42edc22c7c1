import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api
let isAvailable = false

test.beforeAll(async () => {
  api = await openApi(server())
  isAvailable = (await api.get<{ readonly is_available: boolean }>('/w/demo/sql')).is_available
})
test.afterAll(() => api?.close())

type Result = { readonly rows: readonly (readonly (string | number | null)[])[] }
const ask = async (sql: string) => (await api.post<Result>('/w/demo/sql', { sql })).rows
const open = (page: Page, sql = '') => openPage(page, `${server().url}/w/demo/sql${sql === '' ? '' : `?sql=${encodeURIComponent(sql)}`}`)
const field = (page: Page) => page.getByRole('textbox', { name: 'Statement' })
const shown = (count: number) => count.toLocaleString('en-US')

test.describe('with the companion', () => {
  test.beforeEach(() => test.skip(!isAvailable, 'the companion has not been built'))

  test('a statement is completed, run by keyboard, and gives the rows of the API', async ({ page }) => {
    const sql = 'SELECT event, count(*) AS n FROM events GROUP BY event ORDER BY n DESC, event'
    const rows = await ask(sql)
    await open(page)
    await field(page).pressSequentially('SELECT event, count(*) AS n FROM ev')
    const list = page.getByRole('listbox')
    await expect(list.getByRole('option', { name: 'events' })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Tab')
    await expect(list).toBeHidden()
    await field(page).pressSequentially(' GROUP BY event ORDER BY n DESC, event')
    await page.keyboard.press('Escape')
    await expect(field(page)).toHaveValue(sql)
    await page.keyboard.press('Control+Enter')
    const table = page.getByRole('grid', { name: 'Result' })
    await expect(page.getByRole('region', { name: 'Result' }).getByRole('status')).toContainText(`${shown(rows.length)} rows`)
    await expect(table.getByRole('row').nth(1)).toContainText(String(rows[0]?.[0]))
    await expect(table.getByRole('row').nth(1)).toContainText(String(rows[0]?.[1]))
    await expectAccessible(page)
    expect(new URL(page.url()).searchParams.get('sql')).toBe(sql)
  })

  test('values of a column are completed inside a text', async ({ page }) => {
    await open(page)
    await field(page).pressSequentially("SELECT count(*) FROM events WHERE event = 'order_pl")
    await page.getByRole('option', { name: 'order_placed' }).click()
    await expect(field(page)).toHaveValue("SELECT count(*) FROM events WHERE event = 'order_placed'")
    await expect(field(page)).toBeFocused()
  })

  test('what is wrong is said and marked, and the next statement runs', async ({ page }) => {
    await open(page, 'SELECT evnt FROM events')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByRole('alert')).toContainText('evnt')
    await expect(page.locator('[data-fault]')).toHaveText('evnt')
    await expectAccessible(page)
    await field(page).fill('DROP TABLE events')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByRole('alert')).toContainText('does not pass the gate')
    await field(page).fill('SELECT 1 AS one')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toContainText('one')
  })

  test('a result is drawn as lines and as bars', async ({ page }) => {
    await open(page)
    await page.getByRole('radio', { name: 'Examples' }).click()
    await page.getByRole('button', { name: 'Events and profiles per day' }).click()
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toBeVisible()
    for (const look of ['Lines', 'Bars']) {
      await page.getByRole('radio', { name: look }).click()
      await expect(page.getByRole('img', { name: 'Result by day' })).toBeVisible()
      await expectAccessible(page)
    }
  })

  test('every example runs', async ({ page }) => {
    await open(page)
    await page.getByRole('radio', { name: 'Examples' }).click()
    const examples = page.getByRole('complementary', { name: 'Beside the statement' }).getByRole('listitem')
    const count = await examples.count()
    expect(count).toBeGreaterThanOrEqual(5)
    for (let index = 0; index < count; index += 1) {
      await examples.nth(index).getByRole('button').click()
      expect((await ask(await field(page).inputValue())).length).toBeGreaterThan(0)
    }
  })

  test('a statement that does not end is stopped', async ({ page }) => {
    await open(page, 'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByText('The statement is running')).toBeVisible()
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(page.getByText('The statement was stopped')).toBeVisible()
  })

  test('a result leaves as CSV and Parquet with all of its rows', async ({ page }) => {
    await open(page, 'SELECT value AS n FROM generate_series(1, 12000)')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByText('There are more rows')).toBeVisible()
    for (const [name, check] of [
      ['CSV', (bytes: Buffer) => expect(bytes.toString().trim().split('\n')).toHaveLength(12_001)],
      ['Parquet', (bytes: Buffer) => expect(bytes.subarray(0, 4).toString()).toBe('PAR1')],
    ] as const) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
      check(await readFile(await download.path()))
    }
  })

  test('what was asked is remembered and can be forgotten', async ({ page }) => {
    await open(page, 'SELECT 7 AS remembered')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toBeVisible()
    await field(page).fill('')
    await page.getByRole('radio', { name: 'History' }).click()
    await page.getByRole('button', { name: /SELECT 7 AS remembered/ }).click()
    await expect(field(page)).toHaveValue('SELECT 7 AS remembered')
    await page.getByRole('button', { name: 'Forget all' }).click()
    await expect(page.getByText('What you ask is remembered here')).toBeVisible()
  })

  test('a funnel shows its SQL, and the console gives its numbers', async ({ page }) => {
    const steps = ['product_viewed', 'product_added', 'order_placed'].map((event) => ({ name: event, matcher: { events: [event] } }))
    const funnel = { range: { all: true, zone: 'UTC' }, steps }
    const answer = await api.post<{ readonly numbers: { readonly steps: readonly { readonly units: number }[] } }>('/w/demo/ask', { kind: 'funnel', ...funnel })
    await openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(funnel))}`)
    await page.getByRole('button', { name: 'Show as SQL' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('region')).toContainText("event IN ('order_placed')")
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Open in the console' }).click()
    await page.getByRole('button', { name: 'Run' }).click()
    for (const [index, step] of answer.numbers.steps.entries()) {
      await expect(page.getByRole('grid', { name: 'Result' }).getByRole('row').nth(index + 1)).toContainText(String(step.units))
    }
  })
})

test('a statement is saved, found again, renamed, deleted and brought back', async ({ page }) => {
  const shelf = page.getByRole('complementary', { name: 'Beside the statement' })
  await open(page, 'SELECT 1 AS kept')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Just one')
  await page.keyboard.press('Enter')
  await page.getByRole('radio', { name: 'Saved' }).click()
  await field(page).fill('')
  await shelf.getByRole('button', { name: /^Just one/ }).click()
  await expect(field(page)).toHaveValue('SELECT 1 AS kept')
  await shelf.getByRole('button', { name: 'More for Just one' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Only one')
  await page.keyboard.press('Enter')
  await expectAccessible(page)
  await shelf.getByRole('button', { name: 'More for Only one' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(shelf).toContainText('No statement is saved yet')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(shelf.getByRole('button', { name: /^Only one/ })).toBeVisible()
})

test('a report of which SQL can say a part says which', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/switches`)
  await page.getByRole('button', { name: 'Show as SQL' }).click()
  await expect(page.getByRole('dialog')).toContainText('-- Who switches, after how long, and who goes on')
})

test('a report that SQL cannot say tells why', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/unexpected`)
  await page.getByRole('button', { name: 'Show as SQL' }).click()
  await expect(page.getByRole('dialog')).toContainText('SQL cannot say these numbers exactly')
})

test.describe('without the companion', () => {
  const bare = serve({ command: 'demo', args: ['--profiles', '60', '--days', '20', '--seed', '7'], env: { THROUGHLINE__SQL__COMPANION: '/nowhere/throughline-sql' } })

  test('the page says how to build it, and still shows the tables', async ({ page }) => {
    await openPage(page, `${bare().url}/w/demo/sql?sql=SELECT%201`)
    await expect(page.getByRole('region', { name: 'The SQL companion is not here yet' })).toContainText('make sql')
    const run = page.getByRole('button', { name: 'Run' })
    await expect(run).toHaveAttribute('aria-disabled', 'true')
    await expect(run).toHaveAccessibleDescription('The SQL companion is not here')
    await field(page).press('Control+Enter')
    await expect(page.getByRole('complementary', { name: 'Beside the statement' })).toContainText('properties')
    await expectAccessible(page)
  })
})
