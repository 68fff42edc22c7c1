import type { Page } from '@playwright/test'
import { type Api, openApi } from '../harness/api.ts'
import { day } from '../harness/days.ts'
import { expectLooks, languages } from '../harness/looks.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '1500', '--days', '60', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

type Passage = { readonly entered: number; readonly passed: number }
type Contrast = { readonly own: Passage; readonly other: Passage; readonly is_sure: boolean; readonly people: number }
type Numbers = { readonly stages: readonly { readonly passage: Passage }[]; readonly bottlenecks: readonly Contrast[]; readonly strengths: readonly Contrast[] }

const range = { between: { from: day(30), to: day(10) }, zone: 'UTC' }
const ask = { range, by: ['channel'], goal: { events: ['order_placed'] }, value: 'properties.value' }
const address = () => `${server().url}/w/demo/bottlenecks?ask=${encodeURIComponent(JSON.stringify(ask))}`
const table = (page: Page, name: string) => page.getByRole('region', { name: `Table: ${name}`, exact: true }).locator('tbody tr')

/** Presses a number of people and expects that many of them. */
async function expectPeople(page: Page, press: () => Promise<void>, count: number): Promise<void> {
  await press()
  await expect(page.getByRole('complementary').filter({ has: page.getByRole('grid') })).toContainText(`${count.toLocaleString('en-US')} profile`)
  await page.keyboard.press('Escape')
}

test('stages, bottlenecks and strengths are those of the API, and open their people', async ({ page }) => {
  const { numbers } = await api.post<{ readonly numbers: Numbers }>('/w/demo/ask', { kind: 'bottlenecks', ...ask })
  await openPage(page, address())
  await expect(table(page, 'Stages')).toHaveCount(numbers.stages.length)
  await expectPeople(page, () => table(page, 'Stages').first().getByRole('button').first().click(), numbers.stages[0]?.passage.entered ?? -1)
  const [worst] = numbers.bottlenecks
  expect(worst).toBeDefined()
  const first = table(page, 'Bottlenecks').first()
  await expectPeople(page, () => first.getByRole('button').nth(1).click(), worst?.own.entered ?? -1)
  await expectPeople(page, () => first.getByRole('button').nth(3).click(), worst?.other.entered ?? -1)
  await expect(table(page, 'Strengths').first()).toBeVisible()
})

test('peers are chosen, and the question is saved', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/bottlenecks`)
  await expect(table(page, 'Stages').first()).toBeVisible()
  await page.getByLabel('Field 2').selectOption('touchpoint')
  await expect(page).toHaveURL(/touchpoint/)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('Where we lose people')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  const bar = page.getByRole('region', { name: 'Saved report' })
  await expect(bar).toContainText('Where we lose people')
  await bar.getByRole('button', { name: 'Share' }).click()
  await expect(page.getByRole('dialog', { name: 'Share by link' })).toBeVisible()
  await page.keyboard.press('Escape')
  await bar.getByRole('button', { name: 'Schedule' }).click()
  await expect(page.getByRole('dialog', { name: 'Sent by itself' })).toBeVisible()
})

for (const locale of languages) {
  test.describe(locale, () => {
    test.use({ locale })
    test('bottlenecks are accessible', async ({ page }) => {
      await openPage(page, address())
      await expect(page.locator('tbody tr').first()).toBeVisible()
      await expectLooks(page, 'bottlenecks', locale)
    })
  })
}
