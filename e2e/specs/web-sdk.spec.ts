import type { Page } from '@playwright/test'
import { type Api, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { pageWith, sentOnce, startSite, type Site } from '../harness/site.ts'
import { expect, serve, test } from '../harness/test.ts'

const server = serve()
let api: Api
const sites: Site[] = []

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.close()))
})
test.afterAll(() => api.close())
test.describe.configure({ timeout: 240_000 })

/** A workspace, and a site with the library for it on every page. */
async function open(name: string, content: string | ((path: string) => string) = '', options?: string): Promise<{ ws: string; writeKey: string; site: Site }> {
  const { ws, writeKey } = await makeWorkspace(api, name)
  const site = await startSite(
    () => server().url,
    (path, url) => pageWith(writeKey, url, typeof content === 'string' ? content : content(path), options),
  )
  sites.push(site)
  return { ws, writeKey, site }
}

/** Calls the library as a page does. */
async function call(page: Page, name: string, ...args: readonly unknown[]): Promise<void> {
  await page.evaluate(([name, args]) => Reflect.get(globalThis, 'throughline')[name](...args), [name, args] as const)
}

test('each event is stored once through refusals, lost answers, no network, pages that go and a server that is killed', async ({ page, context }) => {
  const { ws, site } = await open('once')
  const ids: string[] = []
  const burst = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      ids.push(String(ids.length))
      await call(page, 'track', 'thing_done', { id: ids.length })
    }
  }
  site.faults.push({ status: 429, retryAfter: 1 }, { status: 500 }, 'broken', 'lost', { status: 503 })
  await page.goto(site.url)
  await burst(30)
  await expect.poll(() => site.faults.length, { timeout: 60_000 }).toBe(0)
  await context.setOffline(true)
  await burst(20)
  await page.waitForTimeout(2_500)
  await context.setOffline(false)
  await burst(5)
  await page.goto(`${site.url}/second`)
  await burst(15)
  const killed = server().killAndRestart()
  await burst(15)
  await page.waitForTimeout(2_500)
  await killed
  await burst(5)
  await page.goto('about:blank')
  await page.goto(`${site.url}/third`)
  await expectEvents(api, ws, 'thing_done', { events: 90, profiles: 1 })
  expect(sentOnce(site, 'thing_done')).toHaveLength(90)
  await expectEvents(api, ws, 'page_viewed', { events: 3, profiles: 1 })
  // Nothing is left in the browser once all of it is acknowledged.
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((it) => it.startsWith('tl.q.')).length), { timeout: 60_000 }).toBe(0)
})

test('no browser asks before it sends, also across origins', async ({ page }) => {
  const { ws, writeKey } = await makeWorkspace(api, 'across')
  const site = await startSite(
    () => server().url,
    () => pageWith(writeKey, server().url, '<button id="buy">Buy</button>'),
  )
  sites.push(site)
  const methods: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(server().url)) methods.push(request.method())
  })
  await page.goto(site.url)
  await call(page, 'identify', 'ann', { plan: 'gold' })
  await call(page, 'track', 'order_placed', { value: 59 })
  await expectEvents(api, ws, 'order_placed', { events: 1, profiles: 1 })
  expect(new Set(methods)).toEqual(new Set(['GET', 'POST']))
  expect(site.methods).toEqual([])
})

test('calls before the script is there, and names that change, belong to one customer', async ({ page }) => {
  const { ws, site } = await open('people', '<script>throughline.track("early", { n: 1 })</script>')
  await page.goto(site.url)
  await call(page, 'identify', 'ann', { plan: 'gold' })
  await call(page, 'group', 'acme', { size: 3 })
  await call(page, 'track', 'early', { n: 2 })
  await expectEvents(api, ws, 'early', { events: 2, profiles: 1 })
  await call(page, 'reset')
  await call(page, 'track', 'early', { n: 3 })
  await call(page, 'alias', 'ben')
  await call(page, 'track', 'early', { n: 4 })
  await expectEvents(api, ws, 'early', { events: 4, profiles: 2 })
})

test('nothing is stored or sent before consent, and a refusal removes what was there', async ({ page }) => {
  const { ws, site } = await open('consent', '<button id="buy">Buy</button>', "{ consent: 'required' }")
  const stored = () => page.evaluate(() => [Object.keys(localStorage).filter((it) => it !== 'tl.consent').length, document.cookie])
  await page.goto(site.url)
  await call(page, 'track', 'held', {})
  await page.getByRole('button', { name: 'Buy' }).click()
  expect(await stored()).toEqual([0, ''])
  expect(site.methods).toEqual(['GET /t/throughline.js'])
  await call(page, 'consent', { analytics: true, marketing: false })
  await expectEvents(api, ws, 'held', { events: 1, profiles: 1 })
  await expectEvents(api, ws, 'page_viewed', { events: 1, profiles: 1 })
  // What had left before the decision would not tell of it.
  const told = site.bodies.flatMap((it) => it.batch).map((it) => it.context['consent'])
  expect(told).toEqual(told.map(() => ({ categoryPreferences: { analytics: true, marketing: false } })))
  await call(page, 'consent', false)
  await call(page, 'track', 'held', {})
  expect(await stored()).toEqual([0, ''])
  await page.reload()
  await call(page, 'track', 'held', {})
  expect(await stored()).toEqual([0, ''])
  await call(page, 'consent', true)
  await call(page, 'track', 'wanted', {})
  await expectEvents(api, ws, 'wanted', { events: 1, profiles: 1 })
  expect(sentOnce(site, 'held')).toHaveLength(1)
})

test('a refusal holds on the next page also where the disk was full', async ({ page }) => {
  const { site } = await open('full')
  await page.goto(site.url)
  await call(page, 'identify', 'ann')
  await page.evaluate(() => {
    let count = 0
    for (let size = 1 << 22; size >= 1; size >>= 1) {
      try {
        for (;;) localStorage.setItem(`fill.${(count += 1)}`, 'x'.repeat(size))
      } catch {
        // It is full but for less than this.
      }
    }
  })
  await call(page, 'consent', false)
  await page.reload()
  await call(page, 'track', 'unwanted', {})
  expect(await page.evaluate(() => Object.keys(localStorage).filter((it) => it.startsWith('tl.')))).toEqual(['tl.consent'])
  expect(await page.evaluate(() => localStorage.getItem('tl.consent'))).toBe('false')
})

test('what waited for consent is told with the ids that the site has by then', async ({ page, context }) => {
  const { ws, site } = await open('waited', '', "{ consent: 'required' }")
  const other = await context.newPage()
  await page.goto(site.url)
  await other.goto(site.url)
  await call(other, 'track', 'held', {})
  await call(other, 'alias', 'ann')
  await call(page, 'consent', true)
  await expectEvents(api, ws, 'held', { events: 1, profiles: 1 })
  await expectEvents(api, ws, 'page_viewed', { events: 2, profiles: 1 })
  const sent = site.bodies.flatMap((it) => it.batch)
  expect([new Set(sent.map((it) => it.anonymousId)).size, new Set(sent.map((it) => it.context['sessionId'])).size]).toEqual([1, 1])
  expect(sentOnce(site, 'alias')[0]?.previousId).toBe(sent[0]?.anonymousId)
})

test('Global Privacy Control is an objection unless the visitor has decided here', async ({ page }) => {
  const { ws, site } = await open('gpc')
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }))
  await page.goto(site.url)
  await call(page, 'track', 'unwanted', {})
  expect(await page.evaluate(() => localStorage.length)).toBe(0)
  const removals = await page.evaluate(() => {
    let count = 0
    const { removeItem } = Storage.prototype
    Storage.prototype.removeItem = function (name) {
      count += 1
      removeItem.call(this, name)
    }
    dispatchEvent(new PageTransitionEvent('pageshow'))
    return count
  })
  expect(removals, 'an objection is carried out once').toBe(0)
  await call(page, 'consent', true)
  await call(page, 'track', 'wanted', {})
  await expectEvents(api, ws, 'wanted', { events: 1, profiles: 1 })
  expect(sentOnce(site, 'unwanted')).toEqual([])
  await expectEvents(api, ws, 'page_viewed', { events: 1, profiles: 1 })
})

test('what one tab forgets or decides holds in the others', async ({ page, context }) => {
  const { ws, site } = await open('tabs')
  const other = await context.newPage()
  await page.goto(site.url)
  await other.goto(site.url)
  // Tabs may be processes of their own, so that what one stores reaches the other a little later.
  const reads = (name: string) => expect.poll(() => other.evaluate((name) => localStorage.getItem(name), name))
  await call(page, 'identify', 'ann')
  await reads('tl.user').toBe('ann')
  await call(other, 'track', 'seen', { n: 1 })
  await call(page, 'reset')
  await reads('tl.user').toBeNull()
  await call(other, 'track', 'seen', { n: 2 })
  await expectEvents(api, ws, 'seen', { events: 2, profiles: 2 })
  const seen = sentOnce(site, 'seen')
  expect(seen.map((it) => it.userId ?? null)).toEqual(['ann', null])
  expect(new Set(seen.map((it) => it.anonymousId)).size).toBe(2)
  const kept = () => other.evaluate(() => Object.keys(localStorage))
  await call(page, 'consent', false)
  await expect.poll(kept).toEqual(['tl.consent'])
  await call(other, 'track', 'unwanted', {})
  expect(await kept()).toEqual(['tl.consent'])
  await call(page, 'consent', true)
  await reads('tl.consent').toBe('true')
  await call(other, 'track', 'wanted', {})
  await expectEvents(api, ws, 'wanted', { events: 1, profiles: 1 })
  expect(sentOnce(site, 'unwanted')).toEqual([])
})

const FORM = `
  <script>
    document.title = 'Orders of SECRET@example.com'
    customElements.define('x-part', class extends HTMLElement {
      constructor() {
        super()
        this.attachShadow({ mode: 'open' }).innerHTML = '<button title="SECRET-shadow">SECRET-part</button>'
      }
    })
  </script>
  <form id="join" action="/joined">
    <label for="mail">Mail</label><input id="mail" name="mail" type="email" required>
    <label for="word">Password</label><input id="word" name="word" type="password">
    <label id="SECRET-around"><input type="radio" name="size" value="SECRET-radio" id="SECRET-member" data-testid="SECRET-test" title="SECRET-title"> SECRET-size</label>
    <select name="color"><option value="a">A</option><option value="SECRET-option">SECRET-color</option></select>
    <textarea name="note"></textarea>
    <div contenteditable="true" id="free">SECRET-written <a href="https://SECRET.example/SECRET" id="SECRET-id" title="SECRET-title">SECRET-link</a></div>
    <button>Join</button>
  </form>
  <button type="button" aria-haspopup="listbox" id="country" aria-label="SECRET-label" title="SECRET-title">SECRET-country</button>
  <button type="button" id="greeting" title="SECRET-title">SECRET-hello and welcome back <b data-tl-ignore>SECRET-name</b></button>
  <div id="balance" onclick="void 0">SECRET-balance</div>
  <ul role="listbox" id="drinks"><li role="option" id="SECRET-drink" aria-label="SECRET-label" title="SECRET-title">SECRET-tea</li></ul>
  <p data-tl-name="card">SECRET-card</p>
  <p data-tl-ignore><button id="hidden">SECRET-ignored</button></p>
  <p data-tl-ignore><x-part></x-part></p>
  <a href="/account?token=SECRET-token#SECRET-hash" onclick="event.preventDefault()">Account of 4929 1234 5678 9012</a>`

test('forms, errors and clicks are told without anything that was typed', async ({ page }) => {
  const { ws, site } = await open('forms', FORM)
  await page.goto(`${site.url}/u/SECRET@example.com?q=SECRET-query&utm_source=news`)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByLabel('Mail').fill('SECRET@example.com')
  await page.getByLabel('Password').fill('SECRET-password')
  await page.getByRole('radio').check()
  await page.getByText('SECRET-size').click()
  await page.locator('select').selectOption({ label: 'SECRET-color' })
  await page.locator('textarea').fill('SECRET-note')
  await page.locator('#free').click({ position: { x: 1, y: 1 } })
  for (const words of ['link', 'ignored', 'part', 'country', 'hello', 'balance', 'tea', 'card']) await page.getByText(`SECRET-${words}`).click()
  await page.getByText('Account of').click()
  await page.locator('#join').evaluate((form) => form.addEventListener('submit', (event) => event.preventDefault()))
  await page.getByRole('button', { name: 'Join' }).click()
  await expectEvents(api, ws, 'form_error', { events: 1, profiles: 1 })
  await expectEvents(api, ws, 'form_submitted', { events: 1, profiles: 1 })
  await expectEvents(api, ws, 'element_changed', { events: 5, profiles: 1 })
  // A click is told once it is known what came of it, and one on a label is that on its field.
  await expectEvents(api, ws, 'element_clicked', { events: 12, profiles: 1 })
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }))
  expect(JSON.stringify(site.bodies) + stored).not.toContain('SECRET')
  expect(sentOnce(site, 'form_error')[0]?.properties).toMatchObject({ fault: 'valueMissing', element: { selector: '#mail', tag: 'input' }, form: { selector: '#join' } })
  const clicked = sentOnce(site, 'element_clicked').map((it) => Object(it.properties?.['element']))
  const place = { left: expect.any(Number), top: expect.any(Number), width: expect.any(Number), height: expect.any(Number) }
  const size = { ...place, selector: '#join input[name="size"]', tag: 'input', name: 'size', type: 'radio' }
  expect(clicked.filter((it) => it.name === 'size')).toEqual([size, size])
  expect(clicked).toContainEqual({ ...place, selector: '#country', tag: 'button', id: 'country', type: 'button' })
  expect(clicked).toContainEqual({ ...place, selector: '#greeting', tag: 'button', id: 'greeting', type: 'button' })
  expect(clicked).toContainEqual({ ...place, selector: '#balance', tag: 'div', id: 'balance' })
  const editor = { ...place, selector: '#free', tag: 'div', id: 'free' }
  expect(clicked.filter((it) => it.id === 'free')).toEqual([editor, editor])
  expect(clicked).toContainEqual({ ...place, selector: '#drinks', tag: 'ul', role: 'listbox' })
  expect(clicked).toContainEqual({ ...place, selector: '[data-tl-name="card"]', tag: 'p', named: 'card' })
  expect(clicked).toContainEqual(expect.objectContaining({ tag: 'a', text: 'Account of •', href: `${site.url}/account` }))
  expect(sentOnce(site, 'page')[0]?.properties).toMatchObject({ path: '/u/•', title: 'Orders of •' })
  expect(sentOnce(site, 'page')[0]?.context['campaign']).toEqual({ source: 'news' })
})

test('a field that is refused is told once for each try', async ({ page }) => {
  const { site } = await open('refused', `
    <form><input type="email" required aria-label="Mail" oninvalid="this.setAttribute('aria-invalid', 'true')"
      oninput="if (this.checkValidity()) this.removeAttribute('aria-invalid')"><button>Send</button></form>`)
  const faults = () => sentOnce(site, 'form_error').map((it) => it.properties?.['fault'])
  await page.goto(site.url)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByLabel('Mail').pressSequentially('ann')
  await expect.poll(faults).toEqual(['valueMissing'])
  await page.getByRole('button', { name: 'Send' }).click()
  await expect.poll(faults).toEqual(['valueMissing', 'typeMismatch'])
  await page.getByLabel('Mail').fill('ann@example.com')
  await page.getByLabel('Mail').blur()
  await page.getByLabel('Mail').fill('ben')
  await expect.poll(faults).toEqual(['valueMissing', 'typeMismatch', 'typeMismatch'])
})

test('a click belongs to the visitor and the view that it was made in', async ({ page }) => {
  const { site } = await open('open-clicks', '<button onclick="throughline.reset()">Sign out</button><a href="#" target="_blank" onclick="event.preventDefault()">Terms</a>')
  await page.goto(site.url)
  await call(page, 'identify', 'ann')
  await page.getByRole('button', { name: 'Sign out' }).click()
  const clicks = () => sentOnce(site, 'element_clicked').map((it) => [it.userId ?? null, it.properties?.['view'], it.properties?.['reaction']])
  await expect.poll(() => sentOnce(site, 'page').length).toBe(1)
  const view = sentOnce(site, 'page')[0]?.properties?.['view']
  await expect.poll(clicks).toEqual([['ann', view, 'change']])
  await page.getByText('Terms').click()
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  // Had it been waited out, nothing would have come of it.
  await expect.poll(() => clicks()[1]).toEqual([null, expect.not.stringMatching(String(view)), 'leave'])
})

test('clicks tell where they were made, what came of them, and how fast they followed each other', async ({ page }) => {
  const { ws, site } = await open('clicks', `
    <div style="height:2000px;position:relative">
      <button id="dead" style="position:absolute;left:100px;top:200px;width:200px;height:100px">Dead</button>
      <button id="live" style="position:absolute;left:100px;top:400px;width:100px;height:50px" onclick="document.title = 'changed'; this.dataset.on = '1'">Live</button>
    </div>`)
  await page.setViewportSize({ width: 800, height: 600 })
  await page.goto(site.url)
  await page.mouse.click(125, 425)
  for (let index = 0; index < 3; index += 1) await page.mouse.click(150, 280)
  // Nobody knows that nothing came of a click before it was waited for.
  await expectEvents(api, ws, 'element_clicked', { events: 4, profiles: 1 })
  const clicks = sentOnce(site, 'element_clicked').map((it) => it.properties ?? {})
  const live = clicks.find((it) => it['reaction'] === 'change')
  expect(live).toMatchObject({ x: 125, y: 425, element_x: 0.25, element_y: 0.5, active: true, page_width: 800, viewport_width: 800 })
  const dead = clicks.filter((it) => it['reaction'] === 'none')
  expect(dead).toHaveLength(3)
  expect(dead[0]).toMatchObject({ x: 150, y: 280, element: { selector: '#dead', text: 'Dead', left: 100, top: 200, width: 200, height: 100 } })
  expect(dead[0]).not.toHaveProperty('within')
  expect(Object.keys(Object(dead[2]?.['within']))).toEqual(['2', '3'])
})

test('pages, ways back, scrolling, attention, dialogs and answers of searches are told', async ({ page }) => {
  const { ws, site } = await open('pages', `
    <div style="height:3000px"><p data-tl-results="0">No results</p>
    <dialog id="offer" aria-label="Offer">An offer<form method="dialog"><button>No, thanks</button></form></dialog></div>`)
  await page.setViewportSize({ width: 800, height: 500 })
  await page.goto(`${site.url}/list`)
  await page.evaluate(() => history.pushState({}, '', '/item'))
  await page.waitForTimeout(1_000)
  await page.evaluate(() => history.back())
  await expect.poll(() => sentOnce(site, 'page').length).toBe(3)
  await page.mouse.wheel(0, 1_500)
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(1_500)
  const dialog = page.locator('#offer')
  const isTold = (event: string, count: number) => expect.poll(() => sentOnce(site, event).length).toBe(count)
  await dialog.evaluate((it: HTMLDialogElement) => it.showModal())
  await isTold('popup_shown', 1)
  await page.getByRole('button', { name: 'No, thanks' }).click()
  await isTold('popup_dismissed', 1)
  await dialog.evaluate((it: HTMLDialogElement) => it.showModal())
  await isTold('popup_shown', 2)
  await dialog.evaluate((it: HTMLDialogElement) => it.close())
  await isTold('popup_dismissed', 2)
  await page.goto('about:blank')
  await page.goto(`${site.url}/list`)
  await expectEvents(api, ws, 'popup_dismissed', { events: 2, profiles: 1 })
  const pages = sentOnce(site, 'page').map((it) => it.properties ?? {})
  expect(pages.map((it) => [it['path'], it['back'] ?? null]).slice(0, 3)).toEqual([['/list', null], ['/item', false], ['/list', true]])
  expect(Number(pages[2]?.['before_ms'])).toBeGreaterThan(900)
  await expect.poll(() => sentOnce(site, 'page_left').map((it) => it.properties?.['reached'])).toContain(2_000)
  const scrolled = sentOnce(site, 'page_left').find((it) => it.properties?.['reached'] === 2_000)?.properties ?? {}
  const bands = String(scrolled['bands']).split(' ').map(Number)
  expect(bands[16]).toBeGreaterThanOrEqual(10)
  expect(scrolled).toMatchObject({ band_px: 100, viewport_height: 500 })
  expect(sentOnce(site, 'popup_dismissed').map((it) => it.properties?.['by'])).toEqual(['submit', 'script'])
  expect(sentOnce(site, 'popup_dismissed')[0]?.properties).toMatchObject({ element: { selector: '#offer', label: 'Offer' } })
  expect(sentOnce(site, 'search_answered')[0]?.properties).toMatchObject({ results: 0 })
})
