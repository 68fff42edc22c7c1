import { expectAccessible } from '../harness/axe.ts'
import { day } from '../harness/days.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })

const lifecycle = { kind: 'lifecycle', range: { between: { from: day(50), to: day(3) }, zone: 'UTC' }, period: 'week' }

test('a report is asked about some people, says so, and keeps it when it is saved', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/retention?ask=${encodeURIComponent(JSON.stringify(lifecycle))}`)
  const people = page.getByRole('region', { name: 'People:' })
  await expect(people).toContainText('everybody')

  await people.getByRole('button', { name: /everybody/ }).click()
  const conditions = people.getByRole('group', { name: 'Conditions on people' })
  await conditions.getByRole('button', { name: 'What they did' }).click()
  await page.getByRole('option', { name: /order_placed/ }).click()
  await page.keyboard.press('Escape')
  await expect(people).toContainText('Only people who did “order_placed”')
  const counted = page.waitForResponse((it) => it.url().endsWith('/ask') && (it.request().postData() ?? '').includes('"at_least":2'))
  await conditions.getByRole('spinbutton', { name: 'Times' }).fill('2')
  await expect(people).toContainText('at least 2 times')
  const twice: { readonly n: number } = await (await counted).json()
  expect(twice.n).toBeGreaterThan(0)
  await expectAccessible(page)

  await conditions.getByLabel('What is asked of people').selectOption({ label: 'did not do' })
  await expect(people).toContainText('did not do “order_placed” at least 2 times')

  // What is saved comes back with its people.
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this report' })
  await dialog.getByLabel('Title').fill('Lives of the others')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/\/reports\/lives-of-the-others$/)
  await page.reload()
  await expect(people).toContainText('did not do “order_placed” at least 2 times')

  await people.getByRole('button', { name: 'Everybody again' }).click()
  await expect(people).toContainText('everybody')
  await expect(page.getByRole('region', { name: 'Saved report' })).toContainText('Changed, not saved')
})
