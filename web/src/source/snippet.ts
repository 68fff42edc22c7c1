import { never } from '../lib/never.ts'
import { otherSnippet } from './snippet-other.ts'

/** Code that connects a source. Code is the same in every language. */

export const snippetKinds = ['site', 'browser', 'node', 'python', 'curl'] as const
export type SnippetKind = (typeof snippetKinds)[number]

/** Whose libraries send to us; ours first. */
export const makers = ['throughline', 'segment', 'rudderstack', 'jitsu', 'posthog', 'mixpanel', 'amplitude', 'snowplow', 'ga4'] as const
export type Maker = (typeof makers)[number]

/** Names that are the same in every language. */
export const makerNames = {
  throughline: 'Throughline',
  segment: 'Segment',
  rudderstack: 'RudderStack',
  jitsu: 'Jitsu',
  posthog: 'PostHog',
  mixpanel: 'Mixpanel',
  amplitude: 'Amplitude',
  snowplow: 'Snowplow',
  ga4: 'Google Analytics 4',
} satisfies Record<Maker, string>

/** The kinds of code that there are for a maker. */
export function kindsOf(maker: Maker): readonly SnippetKind[] {
  switch (maker) {
    case 'throughline':
      return ['site', 'curl']
    case 'segment':
    case 'rudderstack':
    case 'posthog':
    case 'mixpanel':
    case 'amplitude':
    case 'snowplow':
      return ['browser', 'node', 'python', 'curl']
    case 'jitsu':
      return ['browser', 'curl']
    case 'ga4':
      return ['curl']
    default:
      return never(maker)
  }
}

/** Stands where a key goes as long as none was just made. */
export const KEY_MISSING = 'YOUR_WRITE_KEY'

/** What to paste, for a server at `origin`. */
export function snippet(maker: Maker, kind: SnippetKind, origin: string, key: string): string {
  switch (maker) {
    case 'throughline':
    case 'segment':
      return ownSnippet(kind, origin, key)
    default:
      return otherSnippet(maker, kind, origin, key)
  }
}

/** Our own library, and those whose words are ours as well. */
function ownSnippet(kind: SnippetKind, origin: string, key: string): string {
  switch (kind) {
    case 'site':
      return `<script>
  window.throughline = []
  for (const call of 'init track page identify alias group reset consent'.split(' ')) {
    throughline[call] = (...args) => throughline.push([call, ...args])
  }
  throughline.init('${key}')
</script>
<script async src="${origin}/t/throughline.js"></script>`
    case 'browser':
      return `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next'

export const analytics = AnalyticsBrowser.load({
  writeKey: '${key}',
  cdnURL: '${origin}',
})

analytics.page()
analytics.identify('user-17', { plan: 'gold' })
analytics.track('product_viewed', { product: 'p-204', price: 59 })`
    case 'node':
      return `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({
  writeKey: '${key}',
  host: '${origin}',
})

analytics.track({
  userId: 'user-17',
  event: 'order_placed',
  properties: { order: 'o-9081', value: 59 },
})
await analytics.closeAndFlush()`
    case 'python':
      return `# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"

analytics.track("user-17", "order_placed", {"order": "o-9081", "value": 59})
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
