import { type Api, expectEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { type HubSpot, startHubSpot } from '../harness/hubspot.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

let hubspot: HubSpot
const env: Record<string, string> = { THROUGHLINE__OUTGOING__ALLOW: '["127.0.0.1"]', THROUGHLINE__OUTGOING__PORTS: '[]', THROUGHLINE__OUTGOING__HTTPS_ONLY: 'false' }
test.describe.configure({ mode: 'serial' })

// The server is told where HubSpot is when it starts, so HubSpot is there first.
test.beforeAll(async () => {
  hubspot = await startHubSpot(['plan'])
  hubspot.contacts.set('51', { email: 'ana@example.com', plan: 'trial' })
  env['THROUGHLINE__CRM__HUBSPOT_URL'] = hubspot.url
})
const server = serve({ env })
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'crm')
  await sendBatch(server(), writeKey, [
    { type: 'identify', userId: 'ana', traits: { email: 'ana@example.com', plan: '<b>pro' } },
    { type: 'track', userId: 'ana', event: 'seen' },
  ])
  await expectEvents(api, ws, 'seen', { events: 1, profiles: 1 })
})
test.afterAll(async () => {
  await api?.close()
  await hubspot?.close()
})

test('a rule is tried out before anything is written, and a wrong property is told', async ({ page }) => {
  await openPage(page, `${server().url}/w/crm/settings`)
  const section = page.getByRole('region', { name: 'CRM', exact: true })
  await expect(section).toContainText('Off: nothing is written')
  await section.getByLabel('Token of a private app').fill(hubspot.token)
  await section.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('What is written is saved')).toBeVisible()
  await expect(section.getByLabel('Token of a private app')).toHaveValue('')
  await section.getByRole('button', { name: 'Add a rule' }).focus()
  await page.keyboard.press('Enter')
  const rule = section.getByRole('group', { name: 'Rule 1' })
  await rule.getByRole('combobox', { name: 'Trait' }).fill('plan')
  await rule.getByRole('textbox', { name: 'Property in HubSpot' }).fill('no_such')
  await section.getByRole('button', { name: 'What would be written' }).click()
  await expect(section.getByRole('list', { name: 'Properties that are left out' })).toContainText('is no property of contacts')
  await rule.getByRole('textbox', { name: 'Property in HubSpot' }).fill('plan')
  await section.getByRole('button', { name: 'What would be written' }).click()
  const row = section.getByRole('row').filter({ hasText: 'ana@example.com' })
  await expect(row).toContainText('<b>pro')
  await expect(row).toContainText('trial')
  await expect(row).toContainText('is replaced')
  expect(hubspot.contacts.get('51')?.['plan']).toBe('trial')
  await expectAccessible(page)
})

test('it is turned on, run by hand, tells what it did, and is disconnected', async ({ page }) => {
  await openPage(page, `${server().url}/w/crm/settings`)
  const section = page.getByRole('region', { name: 'CRM', exact: true })
  await section.getByRole('button', { name: 'Add a rule' }).click()
  const rule = section.getByRole('group', { name: 'Rule 1' })
  await rule.getByRole('combobox', { name: 'Trait' }).fill('plan')
  await rule.getByRole('textbox', { name: 'Property in HubSpot' }).fill('plan')
  await section.getByRole('combobox', { name: 'Writing' }).selectOption({ value: 'on' })
  await section.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(section).toContainText('On: the server writes by itself')
  await expect(async () => {
    // The first run may have begun by itself.
    await section.getByRole('button', { name: 'Run now' }).click({ timeout: 1_000 })
    expect(hubspot.contacts.get('51')?.['plan']).toBe('<b>pro')
  }).toPass()
  await page.reload()
  await expect(section).toContainText('Done.')
  await expectAccessible(page)
  await section.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByText('HubSpot is disconnected')).toBeVisible()
  await expect(section).toContainText('Off: nothing is written')
})
