import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '200', '--days', '30', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

const step = (id: string, title: string, event: string) => ({ id, title, matcher: { events: [event] } })

const talks = Array.from({ length: 20 }, (_, index) => {
  const said = `Payment took ages, said number ${index + 1}. <script>alert(1)</script> 太慢了 🐌 so I left.`
  return index % 2 === 0
    ? { name: `talk-${index + 1}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`Intro.\n${said}\n`) }
    : { name: `talk-${index + 1}.vtt`, mimeType: 'text/vtt', buffer: Buffer.from(`WEBVTT\n\n00:01.000 --> 00:09.000\n<v Ana>${said.replaceAll('<', '&lt;')}\n`) }
})

test('transcripts come in together, words become a quote, and the map leads back to them', async ({ page }) => {
  await api.post('/w/demo/maps', {
    title: 'Buying',
    kind: 'current',
    goal: { events: ['purchase'] },
    range: { last: '30d', zone: 'UTC' },
    stages: [{ id: 'buy', title: 'Buy', steps: [step('look', 'Look', 'product_viewed'), step('pay', 'Payment', 'purchase')] }],
  })
  await openPage(page, `${server().url}/w/demo/research`)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'New study' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name of the study' }).fill('Why people leave')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Why people leave' })).toBeVisible()

  // A faulty file keeps all of them out until it is left out.
  await page.getByRole('button', { name: 'Import files' }).click()
  const dialog = page.getByRole('dialog')
  const faulty = { name: 'broken.srt', mimeType: 'text/plain', buffer: Buffer.from('1\nno time\nHo\n') }
  await dialog.getByLabel('Choose files').last().setInputFiles([...talks, faulty])
  const files = dialog.getByRole('list', { name: 'Files' })
  await expect(files.getByRole('listitem')).toHaveCount(21)
  await expect(files).toContainText('line 1')
  await expectAccessible(page)
  await expect(dialog.getByRole('button', { name: 'Import 21 files' })).toHaveAttribute('aria-disabled', 'true')
  await files.getByRole('listitem').filter({ hasText: 'broken.srt' }).getByRole('button', { name: 'Leave out' }).click()
  await dialog.getByRole('button', { name: 'Import 20 files' }).click()
  await expect(page.getByRole('list', { name: 'Notes' }).getByRole('listitem')).toHaveCount(20)
  await expectAccessible(page)

  // Words are selected by keyboard alone.
  await page.getByRole('link', { name: 'talk-2', exact: true }).click()
  const text = page.getByRole('textbox', { name: 'Text of the note' })
  await expect(text).toContainText('[0:00:01] Ana: Payment took ages')
  await text.press('ControlOrMeta+Home')
  for (let at = 0; at < '[0:00:01] Ana: '.length; at += 1) await text.press('ArrowRight')
  for (let at = 0; at < 'Payment took ages'.length; at += 1) await text.press('Shift+ArrowRight')
  await text.press('x')
  await expect(text).toContainText('Payment took ages')
  await page.getByRole('button', { name: 'Make a quote' }).click()
  await expect(page.getByRole('dialog').locator('blockquote')).toHaveText('Payment took ages')
  await page.getByRole('dialog').getByRole('button', { name: 'Payment in Buying' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Feeling' }).selectOption({ label: 'very bad' })
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Save quote' }).click()
  await expect(text.locator('mark')).toHaveText('Payment took ages')
  await expectAccessible(page)

  // It stands on the step, and leads back.
  await openPage(page, `${server().url}/w/demo/maps/buying`)
  await expect(page.getByRole('columnheader', { name: /Payment/ })).toContainText('1 quote')
  await page.getByRole('button', { name: 'Payment', exact: true }).click()
  const said = page.getByRole('region', { name: 'Quotes' })
  await expect(said).toContainText('Payment took ages')
  await expect(said).toContainText('very bad')
  await expectAccessible(page)
  await said.getByRole('link', { name: 'talk-2' }).click()
  await expect(page.locator('mark[data-at]')).toHaveText('Payment took ages')
  await expect(page.locator('mark[data-at]')).toBeInViewport()

  await openPage(page, `${server().url}/w/demo/research?q=ages`)
  await expect(page.getByRole('list', { name: 'Quotes' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('radio', { name: 'Notes' }).click()
  await expect(page.getByRole('list', { name: 'Notes' }).getByRole('listitem')).toHaveCount(20)
})
