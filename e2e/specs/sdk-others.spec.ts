import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Api, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { openFaultyDoor } from '../harness/faulty-door.ts'
import { pythonWithSdks } from '../harness/python.ts'
import { expect, serve, test } from '../harness/test.ts'

/** Each with a customer of its own, so that a lost event cannot hide behind a doubled one. */
const EVENTS_COUNT = 600

/** Kills while events are under way. */
const KILLS_COUNT = 2

type Sender = {
  readonly language: 'Python' | 'Node'
  /** What the program that sends calls the maker. */
  readonly maker: string
  readonly sdk: string
  /** A way of sending that is not the usual one. */
  readonly mode?: string
  /** The SDK gives an event up at once, so the program sends it again. */
  readonly givesUp?: boolean
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
]

const server = serve()
const folder = fileURLToPath(new URL('../sdk/', import.meta.url))
const page = fileURLToPath(new URL('../../docs/reference/sdks.md', import.meta.url))
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api.close())
test.describe.configure({ timeout: 240_000 })

test('the SDKs of other makers deliver each event once through faults and kills', async () => {
  const python = await pythonWithSdks()
  test.skip(python === undefined, 'needs python3 with venv')
  // All at once: most of the time goes by in waits of the SDKs.
  const running = await Promise.all(
    senders.map(async (sender) => {
      const { ws, writeKey } = await makeWorkspace(api, `${sender.language.toLowerCase()}-${sender.maker}`)
      const door = await openFaultyDoor(server().url)
      const args = [sender.maker, door.url, writeKey, String(EVENTS_COUNT)]
      const [program, file] = sender.language === 'Python' ? [python ?? '', 'send_other.py'] : [process.execPath, 'send-other.mjs']
      return { sender, ws, door, sent: promisify(execFile)(program, [folder + file, ...args], { cwd: folder }) }
    }),
  )
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
      expect(door.faults, ws).toMatchObject({ busy: 1, broken: 1, lost: 1 })
      await expectEvents(api, ws, 'sdk_sent', { events: EVENTS_COUNT, profiles: EVENTS_COUNT })
    })
    await door.close()
    lines.push(await lineOf(sender))
  }
  await expectPage(lines)
})

async function lineOf({ language, sdk, mode, givesUp }: Sender): Promise<string> {
  const version = language === 'Python' ? await pythonVersion(sdk) : await nodeVersion(sdk)
  const name = mode === undefined ? `\`${sdk}\`` : `\`${sdk}\`, ${mode}`
  const again = givesUp === true ? 'By the program, as the SDK gives up over plain HTTP' : 'By the SDK'
  return `| ${language} | ${name} | ${version} | ${EVENTS_COUNT} | ${EVENTS_COUNT} | ${again} |`
}

async function pythonVersion(sdk: string): Promise<string> {
  const required = await readFile(`${folder}requirements.txt`, 'utf8')
  const found = required.split('\n').find((it) => it.startsWith(`${sdk}==`))
  return found?.split('==')[1] ?? 'unknown'
}

async function nodeVersion(sdk: string): Promise<string> {
  const manifest = await readFile(`${folder}../node_modules/${sdk}/package.json`, 'utf8')
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
