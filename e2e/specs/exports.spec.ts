import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { csvRows, pngSize, take, unzip } from '../harness/files.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type FunnelNumbers = { readonly steps: readonly { readonly name: string; readonly units: number; readonly profiles: number }[] }

const funnel = {
  range: { between: { from: day(50), to: day(3) }, zone: 'UTC' },
  steps: [
    { name: '=看商品', matcher: { events: ['product_viewed'] } },
    { name: 'cart', matcher: { events: ['product_added'] } },
    { name: 'order', matcher: { events: ['order_placed'] } },
  ],
  filter: { rule: { where: { field: 'channel', test: { is: ['web', 'app'] } } } },
}

async function openFunnel(page: Page): Promise<void> {
  await openPage(page, `${server().url}/w/demo/funnel?ask=${encodeURIComponent(JSON.stringify(funnel))}`)
  await expect(page.getByRole('list', { name: 'Steps' }).nth(1)).toBeVisible()
}

const openExport = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click()
const panel = (page: Page) => page.getByRole('dialog', { name: 'Export' })

test('a question is saved, found, opened as it was, changed, renamed, deleted and brought back', async ({ page }) => {
  await openFunnel(page)
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this report' })
  await dialog.getByLabel('Title').fill('Way to the order 下单')
  await dialog.getByLabel('Description').fill('For the weekly meeting')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const bar = page.getByRole('region', { name: 'Saved report' })
  await expect(bar).toContainText('Way to the order 下单')
  await expect(page).toHaveURL(/\/w\/demo\/reports\/way-to-the-order$/)
  await expectAccessible(page)

  // From anywhere by its name.
  await openPage(page, `${server().url}/w/demo`)
  await expect(page.getByRole('region', { name: 'Saved reports' })).toContainText('Way to the order 下单')
  await expectAccessible(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('order 下单')
  await expect(page.getByRole('option', { name: /Way to the order/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(bar).toContainText('For the weekly meeting')
  await expect(page.getByLabel('Name of step 1')).toHaveValue('=看商品')
  await expect(bar.getByRole('status')).toHaveCount(0)

  // What was opened is exactly what was saved, also after a reload.
  await page.reload()
  await expect(bar).toContainText('Way to the order 下单')
  await expect(page).toHaveURL(/\/reports\/way-to-the-order$/)

  // A change is a change until it is saved or taken back.
  await page.getByLabel('Name of step 2').fill('basket')
  await expect(bar).toContainText('Changed, not saved')
  await bar.getByRole('button', { name: 'Back to what is saved' }).click()
  await expect(page.getByLabel('Name of step 2')).toHaveValue('cart')
  await expect(bar).not.toContainText('Changed, not saved')
  await page.getByLabel('Name of step 2').fill('basket')
  await page.keyboard.press('Control+s')
  await expect(bar).not.toContainText('Changed, not saved')
  const stored = await api.get<{ readonly version: number; readonly report: { readonly steps: readonly { readonly name: string }[] } }>('/w/demo/reports/way-to-the-order')
  expect(stored.report.steps[1]?.name).toBe('basket')

  // Somebody else was faster: nothing is written over.
  await api.put('/w/demo/reports/way-to-the-order', { title: 'Theirs', report: stored.report }, { 'if-match': String(stored.version) })
  await page.getByLabel('Name of step 2').fill('mine')
  await bar.getByRole('button', { name: 'Save changes' }).click()
  const conflict = page.getByRole('dialog', { name: 'Somebody else has changed this report' })
  await conflict.getByRole('button', { name: 'Load theirs' }).click()
  await expect(bar).toContainText('Theirs')

  // The list: rename, duplicate, delete, undo.
  await openPage(page, `${server().url}/w/demo/reports`)
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) })
  await row('Theirs').getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Title and description' }).click()
  await page.getByRole('dialog').getByLabel('Title').fill('Ours')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(row('Ours')).toBeVisible()
  await row('Ours').getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(row('Ours \\(copy\\)')).toBeVisible()
  await page.getByRole('searchbox', { name: /Search reports/ }).fill('copy')
  await expect(page.getByRole('row')).toHaveCount(2)
  await row('Ours \\(copy\\)').getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(row('Ours \\(copy\\)')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row('Ours \\(copy\\)')).toBeVisible()
  await expectAccessible(page)
})

test('whoever opens a saved report sees the same numbers, and a viewer cannot change it', async ({ browser, page }) => {
  const { id } = await api.post<{ readonly id: string }>('/w/demo/reports', { title: 'Shared', report: { kind: 'funnel', ...funnel } })
  const invitation = { email: 'vera@example.com', name: 'Vera', workspaces: [{ id: 'demo', role: 'viewer' }] }
  const { link } = await api.post<{ readonly link: string }>('/members', invitation)
  const context = await browser.newContext()
  const theirs = await context.newPage()
  await theirs.goto(link)
  await theirs.getByLabel(/^Password/).first().fill('correct horse battery staple')
  await theirs.getByRole('button', { name: 'Join' }).click()
  await expect(theirs.getByRole('heading', { level: 1 })).toBeVisible()
  const figures: (string | null)[] = []
  for (const it of [page, theirs]) {
    await openPage(it, `${server().url}/w/demo/reports/${id}`)
    await expect(it.getByRole('region', { name: 'Saved report' })).toContainText('Shared')
    figures.push(await it.getByRole('main').locator('dl').first().textContent())
  }
  expect(figures[0]).toMatch(/\d/)
  expect(figures[1]).toBe(figures[0])
  await theirs.getByLabel('Name of step 2').fill('basket')
  await expect(theirs.getByRole('button', { name: 'Save changes' })).toHaveAttribute('aria-disabled', 'true')
  await context.close()
})

test('numbers leave in every format and are those of the API', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: FunnelNumbers }>('/w/demo/ask', { kind: 'funnel', ...funnel })
  expect(numbers.steps[0]?.profiles).toBeGreaterThan(100)
  await openFunnel(page)
  await openExport(page)
  await expectAccessible(page)

  const csv = await take(page, panel(page).getByRole('button', { name: 'CSV for spreadsheets' }))
  expect(csv.name).toBe('Funnel.csv')
  expect(csv.bytes.subarray(0, 3).toString('hex')).toBe('efbbbf')
  const text = csv.bytes.toString('utf8')
  for (const head of ['# title,Funnel\r\n', '# zone,UTC\r\n', `# n,${numbers.steps[0]?.units}\r\n`, '# asked,', '# link_log_position,', '# definition,']) expect(text).toContain(head)
  const steps = csvRows(csv).slice(1, 4)
  expect(steps.map((row) => [row[1], Number(row[3]), Number(row[4])])).toEqual(
    numbers.steps.map((it) => [it.name.replace(/^=/, "'="), it.units, it.profiles]),
  )
  const plain = await take(page, panel(page).getByRole('button', { name: 'CSV for programs' }))
  expect(plain.bytes.subarray(0, 2).toString()).toBe('# ')

  const xlsx = await take(page, panel(page).getByRole('button', { name: 'Excel' }))
  expect(xlsx.name).toBe('Funnel.xlsx')
  const book = unzip(xlsx.bytes)
  expect(book.get('xl/workbook.xml')?.toString()).toMatch(/name="steps".*name="about"/)
  expect(book.get('xl/sharedStrings.xml')?.toString()).toContain('=看商品')
  expect(book.get('xl/worksheets/sheet1.xml')?.toString()).not.toContain('<f>')

  const parquet = await take(page, panel(page).getByRole('button', { name: 'Parquet' }))
  expect(parquet.name).toBe('Funnel.zip')
  const files = unzip(parquet.bytes)
  expect([...files.keys()]).toEqual(['steps.parquet', 'conversion.parquet', 'trend.parquet', 'times.parquet', 'took.parquet', 'curve.parquet'])
  for (const file of files.values()) {
    expect(file.subarray(0, 4).toString()).toBe('PAR1')
    expect(file.subarray(-4).toString()).toBe('PAR1')
    expect(file.includes('throughline.definition')).toBe(true)
  }
  const json = await take(page, panel(page).getByRole('button', { name: 'JSON' }))
  expect(JSON.parse(json.bytes.toString('utf8')).numbers.steps).toEqual(numbers.steps)
})

test('drawings leave as pictures that say what they show', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await openFunnel(page)
  await openExport(page)
  for (const name of ['Steps', 'By date of entry']) {
    const svg = (await take(page, panel(page).getByRole('button', { name: `SVG of ${name}`, exact: true }))).bytes.toString('utf8')
    for (const words of ['>Funnel</text>', `>${name}</text>`, 'Filter: channel is web, app', 'n = ', 'UTC']) expect(svg).toContain(words)
    // Readable by itself, in light colors, and without anything that a page would have to add.
    expect(svg).not.toMatch(/class=|var\(--|href=/)
    expect(svg).toContain('fill="#fcfbf9"')
    const isSound = await page.evaluate((it) => new DOMParser().parseFromString(it, 'image/svg+xml').querySelector('parsererror') === null, svg)
    expect(isSound).toBe(true)
    const width = Number(/<svg[^>]* width="(\d+)"/.exec(svg)?.[1])
    const png = await take(page, panel(page).getByRole('button', { name: `PNG of ${name}`, exact: true }))
    expect(pngSize(png).width).toBe(2 * width)
  }
  // Printed, there are the pictures and nothing else.
  const offered = await panel(page).getByRole('button', { name: /^PNG of/ }).count()
  expect(offered).toBeGreaterThan(1)
  await page.evaluate(() => {
    window.print = () => undefined
  })
  await panel(page).getByRole('button', { name: 'Print, or save as PDF' }).click()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('main')).toBeHidden()
  expect(await page.locator('[data-sheet] > svg').count()).toBe(offered)
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
  await page.emulateMedia({ media: 'screen' })
  await expect(page.locator('[data-sheet]')).toHaveCount(0)
  // The page itself stays as it was.
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
})

const questionRange = funnel.range
const met = (event: string) => ({ name: event, sign: { met: { matcher: { events: [event] } } } })
const call = { name: 'Call', asked: { events: ['call_requested'] }, start: { events: ['call_started'] }, end: { events: ['call_ended'] } }

for (const [path, ask, picture, param = 'ask'] of [
  ['paths', undefined, 'Paths as a river'],
  ['time', undefined, 'Time in each stage'],
  ['time', { range: questionRange, steps: [call] }, 'Waiting for Call', 'work'],
  ['retention', undefined, 'Cohorts'],
  ['retention', { kind: 'stickiness', range: questionRange }, 'Periods'],
  ['retention', { kind: 'lifecycle', range: questionRange }, 'New, returning, back again and gone silent'],
  ['attribution', { range: questionRange, conversion: { events: ['order_placed'] } }, 'Credit'],
  ['channels', { range: questionRange, goal: { events: ['order_placed'] } }, 'Channels'],
  ['switches', { range: questionRange }, 'Switches · All stages'],
  ['bottlenecks', { range: questionRange }, 'Stages'],
  ['lift', { range: questionRange, assigned: { events: ['page_viewed', 'screen_viewed'] }, arms: { field: { field: 'channel', control: 'app' } }, goal: { events: ['order_placed'] } }, 'Treated against control'],
  ['difference', { from: funnel, to: { ...funnel, entry: 'first', window: { whole: '2h' } } }, 'From the first to the second'],
  ['trends', { range: questionRange, series: [{ name: 'All', matcher: {} }] }, 'Trend'],
  ['heatmap', { range: questionRange }, 'Heatmap'],
  ['promises', { range: questionRange, object: 'order', every: 'day' }, 'Late share over time'],
  ['reasons', { range: questionRange, steps: funnel.steps, reasons: [met('product_viewed'), met('chat_requested'), met('coupon_popup_shown'), met('page_viewed')] }, 'Met before giving up'],
  ['topics', { range: questionRange, fields: ['properties.comment'] }, 'What they write of'],
  ['customers', { range: questionRange, purchase: { events: ['order_placed'] } }, 'Groups'],
] as const) {
  test(`the page ${path} has files of its answer and a picture: ${picture}`, async ({ page }) => {
    await openPage(page, `${server().url}/w/demo/${path}${ask === undefined ? '' : `?${param}=${encodeURIComponent(JSON.stringify(ask))}`}`)
    await openExport(page)
    const png = await take(page, panel(page).getByRole('button', { name: `PNG of ${picture}` }))
    expect(pngSize(png).height).toBeGreaterThan(300)
    const csv = await take(page, panel(page).getByRole('button', { name: 'CSV for spreadsheets' }))
    expect(csvRows(csv).length).toBeGreaterThan(3)
  })
}

test('people behind a number leave with what is known of them', async ({ page }) => {
  await openFunnel(page)
  await page.getByRole('button', { name: /open profiles: order$/ }).first().click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  const total = Number((await list.getByText(/profiles?$/).first().textContent())?.replace(/\D/g, ''))
  await list.getByRole('button', { name: 'Export these people' }).click()
  const csv = await take(page, page.getByRole('menuitem', { name: 'CSV for spreadsheets' }))
  const text = csv.bytes.toString('utf8')
  expect(text).toContain(`# n,${total}\r\n# listed,${total}\r\n`)
  const head = csvRows(csv)[0] ?? []
  expect(head.slice(0, 4)).toEqual(['profile', 'label', 'is_known', 'user_ids'])
  expect(head.some((it) => it.startsWith('trait.'))).toBe(true)
})

test('a map leaves with its numbers and as a picture', async ({ page }) => {
  const { maps } = await api.get<{ readonly maps: readonly { readonly id: string; readonly title: string }[] }>('/w/demo/maps')
  const map = maps[0]
  expect(map).toBeDefined()
  await openPage(page, `${server().url}/w/demo/maps/${map?.id}`)
  await openExport(page)
  const xlsx = await take(page, panel(page).getByRole('button', { name: 'Excel' }))
  expect(unzip(xlsx.bytes).get('xl/workbook.xml')?.toString()).toMatch(/name="steps".*name="transitions".*name="about"/)
  const png = await take(page, panel(page).getByRole('button', { name: `PNG of ${map?.title}` }))
  expect(pngSize(png).width).toBeGreaterThan(1000)
})
