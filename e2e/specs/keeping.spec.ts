import { type Api, openApi } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '300', '--days', '30', '--seed', '7'] })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api?.close())

test('limits are seen before they are saved, and what is past is removed and reported', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/privacy`)
  const section = page.getByRole('region', { name: 'How long events are kept' })
  await section.getByLabel('Days for all events').fill('10')
  const save = section.getByRole('button', { name: 'Save limits' })
  await expect(save).toHaveAttribute('aria-disabled', 'true')
  await section.getByLabel('An event with days of its own').fill('order_placed')
  await section.getByRole('button', { name: 'Add' }).click()
  await section.getByRole('button', { name: 'See what would go' }).click()
  const effect = section.getByRole('status', { name: 'What these limits would remove now' })
  const table = effect.getByRole('table', { name: 'Events that would go' })
  await expect(table.getByRole('row').nth(1)).toBeVisible()
  await expect(table.getByRole('rowheader', { name: 'order_placed' })).toHaveCount(0)
  const going = (await effect.getByRole('paragraph').first().textContent()) ?? ''
  const count = going.match(/[\d,]+/)?.[0]
  await expectAccessible(page)

  await save.click()
  await expect(section).toContainText('What is past goes next on')
  await section.getByRole('button', { name: 'Remove now' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('cannot be undone')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Remove now' }).click()
  const list = section.getByRole('list', { name: 'Sweeps' })
  await expect(list).toContainText('Done', { timeout: 60_000 })
  await expect(list).toContainText(`${count} events removed`)
  await section.getByRole('button', { name: 'See what would go' }).click()
  await expect(effect).toContainText('Nothing is that old.')
  await expectAccessible(page)
})
