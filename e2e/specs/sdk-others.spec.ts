import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BrowserContext, Page } from '@playwright/test'
import { type Api, expectEvents, listProfiles, makeWorkspace, openApi } from '../harness/api.ts'
import { openFaultyDoor } from '../harness/faulty-door.ts'
import { pythonWithSdks } from '../harness/python.ts'
import { startSite } from '../harness/site.ts'
import { expect, serve, test } from '../harness/test.ts'

/** Each with a customer of its own, so that a lost event cannot hide behind a doubled one. */
const EVENTS_COUNT = 600

/** Of one browser, each with a number, which all have to be there. */
const NUMBERS_COUNT = 200

/** Kills while events are under way. */
const KILLS_COUNT = 2

type Sender = {
  readonly language: 'Python' | 'Node' | 'Browser'
  /** What the program that sends calls the maker. */
  readonly maker: string
  readonly sdk: string
  /** A way of sending that is not the usual one. */
  readonly mode?: string
  /** The SDK gives an event up at once, so the program sends it again. */
  readonly givesUp?: boolean
  /** What the server says to it when it is busy. */
  readonly busyStatus?: number
  /** The file that a page loads. */
  readonly script?: string
}

const senders: readonly Sender[] = [
  { language: 'Python', maker: 'posthog', sdk: 'posthog' },
  { language: 'Python', maker: 'posthog-v1', sdk: 'posthog', mode: 'capture v1' },
  { language: 'Python', maker: 'mixpanel', sdk: 'mixpanel', givesUp: true },
  { language: 'Python', maker: 'amplitude', sdk: 'amplitude-analytics' },
  { language: 'Python', maker: 'snowplow', sdk: 'snowplow-tracker' },
  { language: 'Python', maker: 'rudder', sdk: 'rudder-sdk-python' },
  { language: 'Node', maker: 'posthog', sdk: 'posthog-node' },
  { language: 'Node', maker: 'mixpanel', sdk: 'mixpanel', givesUp: true },
  { language: 'Node', maker: 'amplitude', sdk: '@amplitude/analytics-node' },
  { language: 'Node', maker: 'snowplow', sdk: '@snowplow/node-tracker' },
  { language: 'Node', maker: 'rudder', sdk: '@rudderstack/rudder-sdk-node' },
  { language: 'Browser', maker: 'segment', sdk: '@segment/analytics-next', script: 'dist/umd/index.js' },
  { language: 'Browser', maker: 'posthog', sdk: 'posthog-js', script: 'dist/array.js', busyStatus: 503 },
  { language: 'Browser', maker: 'mixpanel', sdk: 'mixpanel-browser', script: 'dist/mixpanel.umd.js' },
  { language: 'Browser', maker: 'amplitude', sdk: '@amplitude/analytics-browser', script: 'lib/scripts/amplitude-min.umd.js' },
  { language: 'Browser', maker: 'snowplow', sdk: '@snowplow/browser-tracker', script: 'dist/index.umd.js' },
]

const server = serve()
const folder = fileURLToPath(new URL('../sdk/', import.meta.url))
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
const page = fileURLToPath(new URL('../../docs/reference/sdks.md', import.meta.url))
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api.close())
test.describe.configure({ timeout: 240_000 })

test('the SDKs of other makers deliver each event once through faults and kills', async ({ context }) => {
  const python = await pythonWithSdks()
  test.skip(python === undefined, 'needs python3 with venv')
  const site = await startSite(() => server().url, () => '<!doctype html><html lang="en"><title>A shop</title>')
  const ready = await Promise.all(
    senders.map(async (sender) => {
      const { ws, writeKey } = await makeWorkspace(api, `${sender.language.toLowerCase()}-${sender.maker}`)
      const door = await openFaultyDoor(server().url, sender.busyStatus)
      const page = sender.language === 'Browser' ? await pageWithSdk(context, site.url, sender) : undefined
      return { sender, ws, door, writeKey, page }
    }),
  )
  // All at once: most of the time goes by in waits of the SDKs.
  const running = ready.map(({ writeKey, page, ...it }) => {
    const { language, maker } = it.sender
    if (page !== undefined) return { ...it, sent: sendInPage(page, maker, it.door.url, writeKey) }
    const args = [maker, it.door.url, writeKey, String(EVENTS_COUNT)]
    const [program, file] = language === 'Python' ? [python ?? '', 'send_other.py'] : [process.execPath, 'send-other.mjs']
    return { ...it, sent: promisify(execFile)(program, [folder + file, ...args], { cwd: folder }) }
  })
  const settled = Promise.allSettled(running.map((it) => it.sent))
  for (let kill = 0; kill < KILLS_COUNT; kill += 1) {
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 900))])
    await server().killAndRestart()
  }
  await settled
  const lines: string[] = []
  for (const { sender, ws, door, sent } of running) {
    await test.step(ws, async () => {
      await sent
      const isBrowser = sender.language === 'Browser'
      await expectEvents(api, ws, 'sdk_sent', isBrowser ? { events: NUMBERS_COUNT, profiles: 1 } : { events: EVENTS_COUNT, profiles: EVENTS_COUNT })
      expect(door.faults, ws).toMatchObject({ busy: 1, broken: 1, lost: 1 })
      if (isBrowser) expect(await numbers(ws)).toEqual(Array.from({ length: NUMBERS_COUNT }, (_, index) => index))
    })
    await door.close()
    lines.push(await lineOf(sender))
  }
  await site.close()
  await expectPage(lines)
})

/** A page of a site that has loaded an SDK. */
async function pageWithSdk(context: BrowserContext, url: string, { sdk, script }: Sender): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.addScriptTag({ path: `${modules}${sdk}/${script}` })
  await page.addScriptTag({ path: `${folder}send-browser.js` })
  return page
}

async function sendInPage(page: Page, ...args: readonly string[]): Promise<void> {
  await page.evaluate(([args, count]) => Reflect.get(globalThis, 'sendAll')(...args, count), [args, NUMBERS_COUNT] as const)
}

/** The numbers of all events of the only profile that sent any. */
async function numbers(ws: string): Promise<readonly unknown[]> {
  type Listed = { readonly events: readonly { readonly name: string; readonly properties: Readonly<Record<string, unknown>> }[] }
  const [profile] = await listProfiles(api, ws, 1)
  const { events } = await api.get<Listed>(`/w/${ws}/profiles/${profile}/events?limit=500`)
  const sent = events.filter((it) => it.name === 'sdk_sent').map(({ properties }) => properties['index'] ?? properties['value'])
  return sent.sort((a, b) => Number(a) - Number(b))
}

async function lineOf({ language, sdk, mode, givesUp }: Sender): Promise<string> {
  const count = language === 'Browser' ? NUMBERS_COUNT : EVENTS_COUNT
  const version = language === 'Python' ? await pythonVersion(sdk) : await nodeVersion(sdk)
  const name = mode === undefined ? `\`${sdk}\`` : `\`${sdk}\`, ${mode}`
  const again = givesUp === true ? 'By the program, as the SDK gives up over plain HTTP' : 'By the SDK'
  return `| ${language} | ${name} | ${version} | ${count} | ${count} | ${again} |`
}

async function pythonVersion(sdk: string): Promise<string> {
  const required = await readFile(`${folder}requirements.txt`, 'utf8')
  const found = required.split('\n').find((it) => it.startsWith(`${sdk}==`))
  return found?.split('==')[1] ?? 'unknown'
}

async function nodeVersion(sdk: string): Promise<string> {
  const manifest = await readFile(`${modules}${sdk}/package.json`, 'utf8')
  return /"version": *"([^"]+)"/.exec(manifest)?.[1] ?? 'unknown'
}

/** The page of the reference is made from what was just seen. `UPDATE_EXPECT=1` rewrites it. */
async function expectPage(lines: readonly string[]): Promise<void> {
  const begin = '<!-- made by e2e/specs/sdk-others.spec.ts -->\n'
  const end = '<!-- end -->'
  const text = await readFile(page, 'utf8')
  const [head = '', rest = ''] = text.split(begin)
  const tail = rest.split(end)[1] ?? ''
  const table = ['| Language | SDK | Version | Sent | Stored | Sent again |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n')
  const expected = `${head}${begin}${table}\n${end}${tail}`
  if (process.env.UPDATE_EXPECT === '1') await writeFile(page, expected)
  else expect(text, 'docs/reference/sdks.md').toBe(expected)
}
