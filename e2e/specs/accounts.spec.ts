import { type Api, expectEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api

/** Two at Acme who do a thing together, one at Zeta who does it alone, and one who belongs nowhere. */
test.beforeAll(async () => {
  api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'teams')
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const group = (userId: string, groupId: string, traits: unknown, minutes: number) => ({ type: 'group', userId, groupId, traits, timestamp: at(minutes) })
  const did = (userId: string, event: string, groupId: string | null, minutes: number) => ({
    type: 'track',
    userId,
    event,
    timestamp: at(minutes),
    ...(groupId === null ? {} : { context: { groupId } }),
  })
  await sendBatch(server(), writeKey, [
    group('ann', 'acme', { name: 'Acme Inc', plan: 'free' }, 90),
    group('ben', 'acme', { plan: 'pro' }, 80),
    group('cid', 'zeta', { name: 'Zeta' }, 70),
    did('ann', 'report_opened', 'acme', 60),
    did('ben', 'report_shared', 'acme', 50),
    did('cid', 'report_opened', 'zeta', 40),
    did('dia', 'report_opened', null, 30),
  ])
  await expectEvents(api, ws, 'report_opened', { events: 3, profiles: 3 })
})
test.afterAll(() => api?.close())

test('an account is found by its name, and leads to its members and back', async ({ page }) => {
  await openPage(page, `${server().url}/w/teams/accounts`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accounts')
  await expect(page.getByText('2 of 2', { exact: true })).toBeVisible()
  await expect(page.getByRole('row').nth(1)).toContainText('Acme Inc')
  await expectAccessible(page)
  await page.getByRole('combobox', { name: 'Sorted by' }).selectOption({ value: 'last_seen' })
  await expect(page.getByRole('row').nth(1)).toContainText('Zeta')
  await page.getByRole('searchbox', { name: 'Find by name or id' }).fill('ACME')
  await expect(page.getByText('1 of 2', { exact: true })).toBeVisible()
  await page.getByRole('row').nth(1).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Acme Inc')
  const known = page.getByRole('region', { name: 'What is known' })
  await expect(known).toContainText('pro')
  await expect(known).not.toContainText('free')
  await expectAccessible(page)
  await page.getByRole('complementary', { name: 'Members' }).getByRole('link', { name: 'ben' }).click()
  const own = page.getByRole('region', { name: 'Accounts' })
  await expect(own.getByRole('link', { name: /Acme Inc/ })).toBeVisible()
  await expectAccessible(page)
})

test('a funnel of accounts joins what members do, and a number opens the accounts', async ({ page }) => {
  const step = (name: string) => ({ name, matcher: { events: [name] } })
  const ask = { range: { all: true }, steps: [step('report_opened'), step('report_shared')] }
  await openPage(page, `${server().url}/w/teams/funnel?ask=${encodeURIComponent(JSON.stringify(ask))}`)
  await page.getByRole('combobox', { name: 'Count', exact: true }).selectOption({ value: 'account' })
  await expect(page.getByText(/Counts accounts of the type account/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /open profiles: report_shared$/ }).click()
  const list = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(list).toContainText('1 account · 2 profiles')
  await expect(list.getByRole('link', { name: 'acme' })).toBeVisible()
  await expectAccessible(page)
})
