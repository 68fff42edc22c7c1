import { never } from '../lib/never.ts'
import type { Maker, SnippetKind } from './snippet.ts'

/** A library of another maker has no script tag of ours; what asks for one gets the browser's. */
type Kind = Exclude<SnippetKind, 'site'>

/** What to paste for a library of another maker: only the host and the key are ours. */
export function otherSnippet(maker: Exclude<Maker, 'throughline' | 'segment'>, wanted: SnippetKind, origin: string, key: string): string {
  const kind: Kind = wanted === 'site' ? 'browser' : wanted
  switch (maker) {
    case 'rudderstack':
      return rudderstack(kind, origin, key)
    case 'jitsu':
      return jitsu(kind, origin, key)
    case 'posthog':
      return posthog(kind, origin, key)
    case 'mixpanel':
      return mixpanel(kind, origin, key)
    case 'amplitude':
      return amplitude(kind, origin, key)
    case 'snowplow':
      return snowplow(kind, origin, key)
    case 'ga4':
      return curl(`${origin}/mp/collect?measurement_id=G-SHOP&api_secret=${key}`, '{"client_id":"browser-1","user_id":"user-17","events":[{"name":"order_placed","params":{"value":59}}]}')
    default:
      return never(maker)
  }
}

function curl(url: string, body: string): string {
  return `curl '${url}' \\
  -H 'content-type: application/json' \\
  -d '${body}'`
}

function rudderstack(kind: Kind, origin: string, key: string): string {
  switch (kind) {
    case 'browser':
      return `// npm install @rudderstack/analytics-js
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

const analytics = new RudderAnalytics()
analytics.load('${key}', '${origin}', { configUrl: '${origin}' })

analytics.page()
analytics.identify('user-17', { plan: 'gold' })
analytics.track('product_viewed', { product: 'p-204', price: 59 })`
    case 'node':
      return `// npm install @rudderstack/rudder-sdk-node
const RudderAnalytics = require('@rudderstack/rudder-sdk-node')

const client = new RudderAnalytics('${key}', {
  dataPlaneUrl: '${origin}',
})

client.track({ userId: 'user-17', event: 'order_placed', properties: { value: 59 } })
client.flush()`
    case 'python':
      return `# pip install rudder-sdk-python
import rudderstack.analytics as analytics

analytics.write_key = "${key}"
analytics.dataPlaneUrl = "${origin}"

analytics.track("user-17", "order_placed", {"value": 59})
analytics.flush()`
    case 'curl':
      return `curl ${origin}/v1/track \\
  -u '${key}:' \\
  -H 'content-type: application/json' \\
  -d '{"userId":"user-17","event":"order_placed","properties":{"value":59}}'`
    default:
      return never(kind)
  }
}

function jitsu(kind: Kind, origin: string, key: string): string {
  if (kind === 'browser') {
    return `// npm install @jitsu/js
import { jitsuAnalytics } from '@jitsu/js'

const analytics = jitsuAnalytics({
  host: '${origin}',
  writeKey: '${key}',
})

analytics.page()
analytics.identify('user-17', { plan: 'gold' })
analytics.track('product_viewed', { product: 'p-204', price: 59 })`
  }
  return `curl ${origin}/api/s/track \\
  -H 'X-Write-Key: ${key}' \\
  -H 'content-type: application/json' \\
  -d '{"type":"track","userId":"user-17","event":"order_placed","messageId":"m-1"}'`
}

function posthog(kind: Kind, origin: string, key: string): string {
  switch (kind) {
    case 'browser':
      return `// npm install posthog-js
import posthog from 'posthog-js'

posthog.init('${key}', { api_host: '${origin}' })

posthog.identify('user-17', { plan: 'gold' })
posthog.capture('product_viewed', { product: 'p-204', price: 59 })`
    case 'node':
      return `// npm install posthog-node
import { PostHog } from 'posthog-node'

const client = new PostHog('${key}', { host: '${origin}' })

client.capture({ distinctId: 'user-17', event: 'order_placed', properties: { value: 59 } })
await client.shutdown()`
    case 'python':
      return `# pip install posthog
from posthog import Posthog

client = Posthog("${key}", host="${origin}")

client.capture("order_placed", distinct_id="user-17", properties={"value": 59})
client.shutdown()`
    case 'curl':
      return curl(`${origin}/capture/`, `{"api_key":"${key}","event":"order_placed","distinct_id":"user-17","properties":{"value":59}}`)
    default:
      return never(kind)
  }
}

function mixpanel(kind: Kind, origin: string, key: string): string {
  const { protocol, host } = new URL(origin)
  switch (kind) {
    case 'browser':
      return `// npm install mixpanel-browser
import mixpanel from 'mixpanel-browser'

mixpanel.init('${key}', { api_host: '${origin}' })

mixpanel.identify('user-17')
mixpanel.people.set({ plan: 'gold' })
mixpanel.track('product_viewed', { product: 'p-204', price: 59 })`
    case 'node':
      return `// npm install mixpanel
const Mixpanel = require('mixpanel')

const mixpanel = Mixpanel.init('${key}', {
  host: '${host}',
  protocol: '${protocol.replace(':', '')}', // ${origin}
})

mixpanel.track('order_placed', { distinct_id: 'user-17', value: 59 })`
    case 'python':
      return `# pip install mixpanel
from mixpanel import Consumer, Mixpanel

host = "${origin}"
mixpanel = Mixpanel("${key}", consumer=Consumer(
    events_url=host + "/track",
    people_url=host + "/engage",
    groups_url=host + "/groups",
    import_url=host + "/import",
))

mixpanel.track("user-17", "order_placed", {"value": 59})`
    case 'curl':
      return curl(`${origin}/track`, `{"event":"order_placed","properties":{"token":"${key}","distinct_id":"user-17","$insert_id":"m-1","value":59}}`)
    default:
      return never(kind)
  }
}

function amplitude(kind: Kind, origin: string, key: string): string {
  const url = `${origin}/2/httpapi`
  switch (kind) {
    case 'browser':
      return `// npm install @amplitude/analytics-browser
import * as amplitude from '@amplitude/analytics-browser'

amplitude.init('${key}', 'user-17', { serverUrl: '${url}' })

amplitude.track('product_viewed', { product: 'p-204', price: 59 })`
    case 'node':
      return `// npm install @amplitude/analytics-node
import { flush, init, track } from '@amplitude/analytics-node'

init('${key}', { serverUrl: '${url}' })

track('order_placed', { value: 59 }, { user_id: 'user-17' })
await flush().promise`
    case 'python':
      return `# pip install amplitude-analytics
from amplitude import Amplitude, BaseEvent

client = Amplitude("${key}")
client.configuration.server_url = "${url}"

client.track(BaseEvent("order_placed", user_id="user-17", event_properties={"value": 59}))
client.shutdown()`
    case 'curl':
      return curl(url, `{"api_key":"${key}","events":[{"event_type":"order_placed","user_id":"user-17","insert_id":"m-1","event_properties":{"value":59}}]}`)
    default:
      return never(kind)
  }
}

function snowplow(kind: Kind, origin: string, key: string): string {
  const { host, protocol } = new URL(origin)
  switch (kind) {
    case 'browser':
      return `// npm install @snowplow/browser-tracker
import { newTracker, setUserId, trackPageView, trackStructEvent } from '@snowplow/browser-tracker'

newTracker('shop', '${origin}', { appId: '${key}' })

setUserId('user-17')
trackPageView()
trackStructEvent({ category: 'shop', action: 'product_viewed', label: 'p-204' })`
    case 'node':
      return `// npm install @snowplow/node-tracker
import { buildStructEvent, newTracker } from '@snowplow/node-tracker'

const tracker = newTracker(
  { namespace: 'shop', appId: '${key}', encodeBase64: false },
  { endpoint: '${origin}' },
)

tracker.setUserId('user-17')
tracker.track(buildStructEvent({ category: 'shop', action: 'order_placed', value: 59 }))
tracker.flush()`
    case 'python':
      return `# pip install snowplow-tracker
from snowplow_tracker import Snowplow, StructuredEvent, Subject

subject = Subject()
subject.set_user_id("user-17")
tracker = Snowplow.create_tracker(
    namespace="shop",
    endpoint="${protocol}//${host}",
    app_id="${key}",
    subject=subject,
)

tracker.track(StructuredEvent(category="shop", action="order_placed", value=59.0))
tracker.flush()`
    case 'curl':
      return curl(`${origin}/com.snowplowanalytics.snowplow/tp2`, `{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{"e":"se","se_ca":"shop","se_ac":"order_placed","se_va":"59","uid":"user-17","eid":"m-1","aid":"${key}"}]}`)
    default:
      return never(kind)
  }
}
