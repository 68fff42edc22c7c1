import { expectEvents, makeWorkspace, openApi, sendBatch } from '../harness/api.ts'
import { expectAccessible } from '../harness/axe.ts'
import { expectLooks } from '../harness/looks.ts'
import { openPage } from '../harness/pages.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve({ command: 'serve', args: [] })

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

test('a tablet of two people is shared by time, tried out, saved and told', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'family')
  const viewed = (minutes: number) => ({ type: 'track', event: 'Page Seen', anonymousId: 'tablet', timestamp: minutesAgo(minutes) })
  const signsIn = (userId: string, minutes: number) => ({ type: 'track', event: 'Signed In', userId, anonymousId: 'tablet', timestamp: minutesAgo(minutes) })
  await sendBatch(server(), writeKey, [signsIn('ann', 90), viewed(80), signsIn('ben', 60), viewed(50), viewed(40)])
  const find = async (user: string) => (await api.get<{ readonly profiles: readonly { readonly id: number; readonly events_count: number }[] }>(`/w/${ws}/profiles?q=${user}`)).profiles[0]
  await expect.poll(async () => (await find('ann'))?.events_count).toBe(4)

  await openPage(page, `${server().url}/w/${ws}/identity`)
  await page.getByRole('checkbox', { name: 'Browser or app: by who was signed in at the time' }).check()
  const gap = page.getByRole('textbox', { name: "Browser or app: minutes after which it is nobody's" })
  await gap.fill('3')
  await expect(gap).toHaveAttribute('aria-invalid', 'true')
  await gap.fill('45')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Try it out' }).click()
  const effect = page.getByRole('status', { name: 'What it would do to everything collected so far' })
  await expect(effect).toContainText('Shared devices')
  await expect(effect).toContainText('0 → 1')
  await page.getByRole('button', { name: 'Save…' }).click()
  const saving = page.getByRole('dialog', { name: 'Save the policy' })
  await saving.getByLabel('Why').fill('One tablet for the family')
  await saving.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('One tablet for the family')).toBeVisible()
  await expect.poll(async () => [(await find('ann'))?.events_count, (await find('ben'))?.events_count]).toEqual([2, 3])

  await openPage(page, `${server().url}/w/${ws}/profiles/${(await find('ben'))?.id}`)
  await page.getByRole('button', { name: 'Why one person?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Why one person?' })
  await dialog.getByRole('radio', { name: 'Shared devices' }).click()
  const turns = dialog.getByRole('list', { name: 'Shared devices' })
  await expect(turns.getByRole('listitem')).toHaveCount(1)
  await expect(turns).toContainText('tablet')
  await expect(turns).toContainText('ben')
  await expectAccessible(page)
  await api.close()
})

test('why one person is told, a link is parted and reunited, and a policy is tried out and saved', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'shop')
  await sendBatch(server(), writeKey, [
    { type: 'track', event: 'Page Seen', anonymousId: 'phone-1', timestamp: minutesAgo(90) },
    { type: 'identify', anonymousId: 'phone-1', traits: { email: ' Ann@Example.org' }, timestamp: minutesAgo(80) },
    { type: 'identify', userId: 'ann', anonymousId: 'laptop-1', traits: { email: 'ann@example.org', name: 'Ann Lee' }, timestamp: minutesAgo(70) },
    ...Array.from({ length: 12 }, (_, n) => ({ type: 'identify', userId: `customer-${n}`, traits: { email: 'desk@example.org' }, timestamp: minutesAgo(60 - n) })),
  ])
  const find = () => api.get<{ readonly profiles: readonly { readonly id: number; readonly label: string; readonly events_count: number }[] }>(`/w/${ws}/profiles?q=ANN%40example.org`)
  await expect.poll(async () => (await find()).profiles.map((it) => it.events_count)).toEqual([1])
  const ann = (await find()).profiles[0]

  // The chain leads from any identifier to any other, with the event of each link.
  await openPage(page, `${server().url}/w/${ws}/profiles/${ann?.id}`)
  await page.getByRole('button', { name: 'Why one person?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Why one person?' })
  await dialog.getByLabel('From', { exact: true }).selectOption({ label: 'Device: phone-1' })
  await dialog.getByLabel('To', { exact: true }).selectOption({ label: 'Known as: ann' })
  const chain = dialog.getByRole('list', { name: 'Chain of links' })
  await expect(chain.getByRole('listitem')).toHaveCount(5)
  await expect(chain).toContainText('$identify')
  await expectAccessible(page)

  // Parting needs a reason, and both sides are as they were.
  await chain.getByRole('button', { name: 'Part ann@example.org and ann' }).click()
  const reason = page.getByRole('dialog', { name: 'Part two identifiers' })
  await reason.getByLabel('Why').fill('A mailbox of two people')
  await reason.getByRole('button', { name: 'Part' }).click()
  await expect(page.getByText('They are two people now')).toBeVisible()
  await dialog.getByRole('radio', { name: 'Link log' }).click()
  const log = dialog.getByRole('list', { name: 'Link log' })
  await expect(log).toContainText('A mailbox of two people')
  await expect(log).toContainText('Parted by hand')
  await expectAccessible(page)
  await dialog.getByRole('radio', { name: 'Before' }).click()
  await dialog.getByRole('slider').press('Home')
  await expect(dialog.getByRole('slider')).toHaveAttribute('aria-valuetext', 'After 0 lines of the link log')
  await dialog.getByRole('radio', { name: 'Link log' }).click()
  await log.getByRole('button', { name: 'Reunite ann@example.org and ann' }).or(log.getByRole('button', { name: 'Reunite ann and ann@example.org' })).click()
  const again = page.getByRole('dialog', { name: 'Reunite two identifiers' })
  await again.getByLabel('Why').fill('She says it is hers')
  await again.getByRole('button', { name: 'Reunite' }).click()
  await expect.poll(async () => (await find()).profiles.map((it) => it.events_count)).toEqual([1])

  // What joins too many is suspended with its evidence, and released at one press.
  await openPage(page, `${server().url}/w/${ws}/identity`)
  const suspended = page.getByRole('list', { name: 'Suspended identifiers' })
  await expect(suspended).toContainText('desk@example.org')
  await suspended.getByRole('button', { name: 'Evidence' }).click()
  await expect(page.getByRole('list', { name: 'Evidence about desk@example.org' }).getByRole('listitem')).toHaveCount(12)
  await expectAccessible(page)
  await suspended.getByRole('button', { name: 'Release' }).click()
  await expect(suspended).toContainText('Released')

  // A policy is tried out over history before it is saved.
  await page.getByRole('checkbox', { name: 'Email joins' }).uncheck()
  await page.getByRole('button', { name: 'Try it out' }).click()
  const effect = page.getByRole('status', { name: 'What it would do to everything collected so far' })
  await expect(effect).toContainText('Profiles that would fall apart')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Save…' }).click()
  const saving = page.getByRole('dialog', { name: 'Save the policy' })
  await saving.getByLabel('Why').fill('Mailboxes are shared here')
  await saving.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Mailboxes are shared here')).toBeVisible()
  await expect.poll(async () => (await api.get<{ readonly version: number }>(`/w/${ws}/identity/policy`)).version).toBe(1)
  await api.close()
})

const checkout = {
  range: { all: true, zone: 'UTC' },
  steps: [
    { name: 'See', matcher: { events: ['Page Seen'] } },
    { name: 'Order', matcher: { events: ['Order Placed'] } },
  ],
}

test('a funnel is asked as of before a merge: its people, comparison, file and address are of then', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'merged')
  const did = (anonymousId: string, event: string, minutes: number) => ({ type: 'track', event, anonymousId, timestamp: minutesAgo(minutes) })
  await sendBatch(server(), writeKey, [did('phone', 'Page Seen', 90), did('laptop', 'Order Placed', 80), did('tablet', 'Page Seen', 85), did('tablet', 'Order Placed', 75)])
  await sendBatch(server(), writeKey, ['phone', 'laptop'].map((anonymousId) => ({ type: 'identify', userId: 'ann', anonymousId, timestamp: minutesAgo(60) })))
  const moments = () => api.get<{ readonly position: number; readonly moments: readonly { readonly lines: number }[] }>(`/w/${ws}/identity/moments`)
  await expect.poll(async () => (await moments()).moments.at(-1)?.lines).toBe(2)

  const open = () => openPage(page, `${server().url}/w/${ws}/funnel?ask=${encodeURIComponent(JSON.stringify(checkout))}`)
  const bars = page.getByRole('main').getByRole('list', { name: 'Steps' }).last().locator('> li')
  const ordered = (count: number) => expect(bars.nth(1).getByRole('button').first()).toHaveAccessibleName(new RegExp(`^${count}, open profiles`))
  const mark = page.getByRole('status').filter({ hasText: 'Identities as of: ' })
  await open()
  await ordered(2)
  await expect(mark).toHaveCount(0)

  // An hour ago nothing had arrived, though the events are of earlier.
  const then = page.getByRole('region', { name: 'As of when identities are taken' })
  await then.getByRole('button', { name: 'Identities as of:' }).click()
  await then.getByRole('button', { name: 'Show as of then' }).click()
  await expect(then.getByRole('alert')).toHaveText('A date and a time')
  await then.getByLabel('Date and time, UTC').fill(minutesAgo(60).slice(0, 19))
  await then.getByRole('button', { name: 'Show as of then' }).click()
  await ordered(1)
  await expect(mark).toContainText('before anything was joined')
  expect(new URL(page.url()).searchParams.get('as_of')).toBe('0')
  await expectAccessible(page)
  await expectLooks(page, 'funnel-then', 'en')

  // The people, the file and the other side of a comparison are of the same moment.
  await bars.nth(1).getByRole('button').first().click()
  const people = page.getByRole('complementary').filter({ has: page.getByRole('grid') })
  await expect(people).toContainText('1 profile · identities as of 0 lines')
  await expect(people.getByRole('row')).toHaveCount(2)
  await expect(people.getByRole('button', { name: 'Save these people as a segment' })).toHaveAttribute('aria-disabled', 'true')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const [asked] = await Promise.all([page.waitForRequest(/\/export$/), page.waitForEvent('download'), page.getByRole('button', { name: 'JSON' }).click()])
  expect(asked.postDataJSON()).toMatchObject({ as_of: 0, of: { report: { kind: 'funnel' } } })
  await page.keyboard.press('Escape')
  const compared = page.getByRole('region', { name: 'What it is compared with' })
  await compared.getByRole('button', { name: 'Compared with:' }).click()
  const [pair] = await Promise.all([page.waitForResponse(/\/compare\?as_of=0$/), compared.getByRole('button', { name: 'other people' }).click()])
  expect(await pair.json()).toMatchObject({ a: { links: 0 }, b: { links: 0 } })
  await compared.getByRole('button', { name: 'Without comparison' }).click()

  // The address says it all.
  await page.reload()
  await ordered(1)
  await expect(mark).toBeVisible()
  await then.getByRole('button', { name: 'Identities as of:' }).click()
  const slider = then.getByRole('slider')
  await expect(slider).toHaveAttribute('aria-valuetext', 'before anything was joined')
  await slider.press('End')
  await ordered(2)
  await expect(mark).toHaveCount(0)
  await slider.press('Home')
  await ordered(1)
  await then.getByRole('button', { name: 'Back to now' }).click()
  await ordered(2)
  expect(new URL(page.url()).searchParams.has('as_of')).toBe(false)
  await api.close()
})

test('bots are left out of a funnel at one press, as a condition like any other', async ({ page }) => {
  const api = await openApi(server())
  const { ws, writeKey } = await makeWorkspace(api, 'crawled')
  const sees = (anonymousId: string, userAgent: string) => ({ type: 'track', event: 'Page Seen', anonymousId, timestamp: minutesAgo(50), channel: 'web', context: { userAgent } })
  await sendBatch(server(), writeKey, [
    sees('ann', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'),
    sees('crawler', 'Mozilla/5.0 (compatible; <b>Googlebot</b>/2.1)'),
    { type: 'track', event: 'Order Placed', anonymousId: 'ann', timestamp: minutesAgo(40) },
  ])
  await expectEvents(api, ws, 'Page Seen', { events: 2, profiles: 2 })
  const bars = page.getByRole('main').getByRole('list', { name: 'Steps' }).last().locator('> li')
  const seen = (count: number) => expect(bars.nth(0).getByRole('button').first()).toHaveAccessibleName(new RegExp(`^${count}, open profiles`))
  await openPage(page, `${server().url}/w/${ws}/funnel?ask=${encodeURIComponent(JSON.stringify(checkout))}`)
  await seen(2)
  const toggle = page.getByRole('button', { name: 'Leave bots out' })
  const words = page.getByRole('list', { name: 'In words' })
  await expect(toggle).toHaveAttribute('aria-pressed', 'false')
  await expect(words).not.toContainText('bot')
  await toggle.press('Enter')
  await seen(1)
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await expect(words).toContainText('bot')
  expect(JSON.parse(new URL(page.url()).searchParams.get('ask') ?? '')).toMatchObject({ filter: { rule: { where: { field: 'context.bot', test: { missing: {} } } } } })
  await expectAccessible(page)
  await toggle.press('Enter')
  await seen(2)
  await expect(words).not.toContainText('bot')

  // From where machines are told a press leads there.
  await openPage(page, `${server().url}/w/${ws}/quality`)
  await page.getByRole('link', { name: 'A funnel without bots' }).click()
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await api.post(`/w/${ws}/reports`, { title: 'Checkout', description: '', report: { kind: 'funnel', ...checkout } })
  await openPage(page, `${server().url}/w/${ws}/quality`)
  await page.getByRole('link', { name: '“Checkout” without bots' }).click()
  await seen(1)
  await expect(page.getByRole('region', { name: 'Saved report' })).toContainText('Changed, not saved')
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await api.close()
})
