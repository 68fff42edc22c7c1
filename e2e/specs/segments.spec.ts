import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'demo', args: ['--profiles', '600', '--days', '60', '--seed', '7'] })

test('a segment is begun, counted, kept, compared with a list of people, looked at and named by a report', async ({ page }) => {
  await openPage(page, `${server().url}/w/demo/segments`)
  await expect(page.getByRole('heading', { name: 'No segments yet' })).toBeVisible()
  await expectAccessible(page)

  // A beginning is changed before it is kept, and counted meanwhile.
  await page.getByRole('button', { name: 'Use: Active in the last 30 days' }).click()
  const dialog = page.getByRole('dialog', { name: 'New segment' })
  const counted = dialog.getByRole('status')
  await expect(counted).toContainText('are in it now')
  const before = await counted.textContent()
  await dialog.getByRole('button', { name: 'Condition', exact: true }).click()
  await dialog.getByLabel('What is asked of people').nth(1).selectOption({ label: 'have the trait' })
  await expect(counted).not.toHaveText(before ?? '')
  await expectAccessible(page)
  await dialog.getByLabel('Title').fill('Known and active')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Known and active' })).toBeVisible()
  await expect(page).toHaveURL(/\/segments\/known-and-active$/)

  // The people behind its number become a list, which has all of them.
  const size = page.getByRole('button', { name: /open profiles: Known and active/ })
  const people = Number((await size.textContent())?.replaceAll(',', ''))
  expect(people).toBeGreaterThan(0)
  await size.click()
  await page.getByRole('button', { name: 'Save these people as a segment' }).click()
  const saving = page.getByRole('dialog', { name: 'Save these people as a segment' })
  await saving.getByLabel('Title').fill('Of today')
  await saving.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Of today' })).toBeVisible()
  const shared = page.getByRole('region', { name: 'Shared with other segments' })
  await expect(shared.getByRole('button', { name: /open profiles/ })).toHaveText(people.toLocaleString('en'))
  await expectAccessible(page)

  // A report counts them only, and is named by what it asks about.
  await page.getByRole('link', { name: 'Lifecycle' }).click()
  await expect(page.getByRole('region', { name: 'People:' })).toContainText('Only people who are in segment “Of today”')
  await expect(page.getByText(`${people.toLocaleString('en')} different profiles were active`)).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click()
  const report = page.getByRole('dialog', { name: 'Save this report' })
  await report.getByLabel('Title').fill('Their lives')
  await report.getByRole('button', { name: 'Save' }).click()
  await openPage(page, `${server().url}/w/demo/segments/of-today`)
  await expect(page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Their lives' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true')
})
