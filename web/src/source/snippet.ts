import { never } from '../lib/never.ts'
import { otherSnippet } from './snippet-other.ts'

/** Code that connects a source. Code is the same in every language. */

export const snippetKinds = ['browser', 'node', 'python', 'curl'] as const
export type SnippetKind = (typeof snippetKinds)[number]

/** Whose libraries send to us, by their own names. */
export const makers = ['segment', 'rudderstack', 'jitsu', 'posthog', 'mixpanel', 'amplitude', 'snowplow', 'ga4'] as const
export type Maker = (typeof makers)[number]

/** Names that are the same in every language. */
export const makerNames = {
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
    case 'segment':
    case 'rudderstack':
    case 'posthog':
    case 'mixpanel':
    case 'amplitude':
    case 'snowplow':
      return snippetKinds
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
  return maker === 'segment' ? segmentSnippet(kind, origin, key) : otherSnippet(maker, kind, origin, key)
}

function segmentSnippet(kind: SnippetKind, origin: string, key: string): string {
  switch (kind) {
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
