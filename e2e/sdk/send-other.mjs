// Sends events with the Node SDK of another maker, as published: send-other.mjs MAKER URL WRITE_KEY COUNT.
// Each event is of a customer of its own. It ends badly when the SDK gave an event up.

const [maker, url, writeKey, countText] = process.argv.slice(2)
const count = Number(countText)
const failures = []
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** One after another, slowly enough that the server fails while some are under way. */
async function eachCustomer(send) {
  for (let index = 0; index < count; index += 1) {
    await send(index, `customer-${index}`)
    if (index % 50 === 49) await sleep(100)
  }
}

async function posthog() {
  const { PostHog } = await import('posthog-node')
  const client = new PostHog(writeKey, { host: url, flushAt: 50, flushInterval: 200, fetchRetryCount: 20, fetchRetryDelay: 500 })
  client.on('error', (error) => failures.push(error))
  await eachCustomer((index, distinctId) => client.capture({ distinctId, event: 'sdk_sent', properties: { index } }))
  await client.shutdown(100_000)
}

/** It tries once only, so whoever sends with it has to try again. */
async function mixpanel() {
  const { default: Mixpanel } = await import('mixpanel')
  const { protocol, host } = new URL(url)
  const client = Mixpanel.init(writeKey, { host, protocol: protocol.replace(':', ''), keepAlive: false })
  const once = (index, id) =>
    new Promise((resolve) => client.track('sdk_sent', { distinct_id: id, index, $insert_id: `insert-${index}` }, resolve))
  await eachCustomer(async (index, id) => {
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const error = await once(index, id)
      if (error === undefined || error === null) return
      await sleep(200)
    }
    failures.push(`event ${index} was never taken`)
  })
}

async function amplitude() {
  const { createInstance } = await import('@amplitude/analytics-node')
  const client = createInstance()
  await client.init(writeKey, { serverUrl: `${url}/2/httpapi`, flushQueueSize: 50, flushIntervalMillis: 200, flushMaxRetries: 60 }).promise
  const results = []
  await eachCustomer((index, id) => {
    results.push(client.track('sdk_sent', { index }, { user_id: id }).promise)
  })
  for (const { code, message } of await Promise.all(results)) {
    if (code !== 200) failures.push(`${code} ${message}`)
  }
}

async function snowplow() {
  const { buildStructEvent, newTracker } = await import('@snowplow/node-tracker')
  let requested = 0
  let taken = 0
  const tracker = newTracker(
    { namespace: 'sdk', appId: writeKey, encodeBase64: false },
    {
      endpoint: url,
      bufferSize: 50,
      onRequestSuccess: (events) => {
        taken += events.length
      },
      onRequestFailure: () => {
        requested += 1
      },
    },
  )
  await eachCustomer((index, id) => {
    tracker.setUserId(id)
    tracker.track(buildStructEvent({ category: 'test', action: 'sdk_sent', value: index }))
  })
  for (const until = Date.now() + 100_000; taken < count && Date.now() < until; ) {
    tracker.flush()
    await sleep(300)
  }
  if (taken < count) failures.push(`${taken} of ${count} were taken, ${requested} requests failed`)
}

async function rudder() {
  const { default: RudderAnalytics } = await import('@rudderstack/rudder-sdk-node')
  const client = new RudderAnalytics(writeKey, { dataPlaneUrl: url, flushAt: 50, flushInterval: 200, gzip: true, retryCount: 20, errorHandler: (error) => failures.push(error) })
  let taken = 0
  await eachCustomer((index, userId) => {
    client.track({ userId, event: 'sdk_sent', properties: { index } }, (error) => {
      if (error === undefined || error === null) taken += 1
      else failures.push(error)
    })
  })
  for (const until = Date.now() + 100_000; taken + failures.length < count && Date.now() < until; ) await sleep(200)
  if (taken < count) failures.push(`${taken} of ${count} were taken`)
}

const senders = { posthog, mixpanel, amplitude, snowplow, rudder }
await senders[maker]()
if (failures.length > 0) {
  console.error(`the SDK gave up ${failures.length}:`, failures[0])
  process.exit(1)
}
process.exit(0)
