// Sends numbered events with the browser SDK of another maker that the page has loaded, as published.
// They are all of one customer, as a browser has one.

/** One after another, slowly enough that the server fails while some are under way. */
async function eachNumber(count, send) {
  for (let index = 0; index < count; index += 1) {
    send(index)
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const senders = {
  async segment(url, writeKey, count) {
    const [analytics] = await AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL: url })
    await eachNumber(count, (index) => void analytics.track('sdk_sent', { index }))
  },

  async posthog(url, writeKey, count) {
    posthog.init(writeKey, {
      api_host: url,
      autocapture: false,
      capture_pageview: false,
      disable_external_dependency_loading: true,
      advanced_disable_flags: true,
      // It takes a browser without a window for a robot.
      opt_out_useragent_filter: true,
      // As many as here come from no page.
      rate_limiting: { events_per_second: count, events_burst_limit: count },
    })
    await eachNumber(count, (index) => posthog.capture('sdk_sent', { index }))
  },

  async mixpanel(url, writeKey, count) {
    mixpanel.init(writeKey, { api_host: url, batch_flush_interval_ms: 300, batch_size: 50 })
    await eachNumber(count, (index) => mixpanel.track('sdk_sent', { index }))
  },

  async snowplow(url, writeKey, count) {
    const { flushBuffer, newTracker, trackStructEvent } = snowplowBrowserTracking
    newTracker('sdk', url, { appId: writeKey, bufferSize: 20 })
    await eachNumber(count, (index) => trackStructEvent({ category: 'test', action: 'sdk_sent', value: index }))
    // It tries again when something else happens on the page.
    setInterval(flushBuffer, 300)
  },

  async amplitude(url, writeKey, count) {
    const options = { serverUrl: `${url}/2/httpapi`, flushIntervalMillis: 200, flushQueueSize: 50, flushMaxRetries: 60, autocapture: false, fetchRemoteConfig: false }
    await amplitude.init(writeKey, options).promise
    await eachNumber(count, (index) => void amplitude.track('sdk_sent', { index }))
  },
}

globalThis.sendAll = (maker, url, writeKey, count) => senders[maker](url, writeKey, count)
