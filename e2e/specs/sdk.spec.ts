import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Analytics } from '@segment/analytics-node'
import { type Api, expectEvents, makeWorkspace, openApi } from '../harness/api.ts'
import { pythonWithSdks } from '../harness/python.ts'
import { expect, serve, test } from '../harness/test.ts'

/** Each with a customer of its own, so that a lost event cannot hide behind a doubled one. */
const EVENTS_COUNT = 10_000

/** Kills while events are under way. */
const KILLS_COUNT = 4

const server = serve()
const here = fileURLToPath(new URL('.', import.meta.url))
let api: Api

test.beforeAll(async () => {
  api = await openApi(server())
})
test.afterAll(() => api.close())
test.describe.configure({ timeout: 300_000 })

/** Kills the server again and again until the sender is done, at least `KILLS_COUNT` times. */
async function killMeanwhile(sending: Promise<unknown>): Promise<void> {
  let isDone = false
  const done = sending.finally(() => {
    isDone = true
  })
  let kills = 0
  for (; kills < KILLS_COUNT && !isDone; kills += 1) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 700))])
    if (!isDone) await server().killAndRestart()
  }
  await done
  expect(kills, 'kills while the SDK was sending').toBeGreaterThanOrEqual(2)
}

test('@segment/analytics-node delivers each event once although the server is killed', async () => {
  const { ws, writeKey } = await makeWorkspace(api, 'node')
  const analytics = new Analytics({ writeKey, host: server().url, flushAt: 100, flushInterval: 200, maxRetries: 40 })
  const failures: unknown[] = []
  analytics.on('error', (error) => failures.push(error))
  const send = async () => {
    for (let index = 0; index < EVENTS_COUNT; index += 1) {
      analytics.track({ userId: `customer-${index}`, event: 'sdk_sent', properties: { index } })
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 30))
    }
    await analytics.closeAndFlush({ timeout: 200_000 })
  }
  await killMeanwhile(send())
  expect(failures).toEqual([])
  await expectEvents(api, ws, 'sdk_sent', { events: EVENTS_COUNT, profiles: EVENTS_COUNT })
})

test('segment-analytics-python delivers each event once although the server is killed', async () => {
  const python = await pythonWithSdks()
  test.skip(python === undefined, 'needs python3 with venv')
  const { ws, writeKey } = await makeWorkspace(api, 'python')
  const args = [join(here, '../sdk/send.py'), server().url, writeKey, String(EVENTS_COUNT)]
  await killMeanwhile(promisify(execFile)(python ?? '', args))
  await expectEvents(api, ws, 'sdk_sent', { events: EVENTS_COUNT, profiles: EVENTS_COUNT })
})
