/** Statements that answer something real, over the names that the workspace has. */

import { quoted } from './completion.ts'

export type ExampleKey = 'days' | 'channels' | 'after' | 'weeks' | 'busy' | 'property'
/** `name` is what of the workspace it is about. */
export type Example = { readonly key: ExampleKey; readonly name: string; readonly sql: string }

type Names = {
  /** Names of events, the most frequent first, without those of the product. */
  readonly events: readonly string[]
  readonly zone: string
  readonly property: { readonly name: string; readonly read: string } | undefined
}

export function examplesOf({ events, zone, property }: Names): readonly Example[] {
  const [first, last] = [events[0], events[1] ?? events[0]]
  const at = quoted(zone)
  const all: (Example | null)[] = [
    {
      key: 'days',
      name: '',
      sql: `SELECT period_start(time, 'day', ${at}) AS day,
  count(*) AS events,
  count(DISTINCT profile) AS profiles
FROM events
WHERE time >= now() - INTERVAL '30 days'
GROUP BY day
ORDER BY day`,
    },
    {
      key: 'channels',
      name: '',
      sql: `SELECT channel,
  count(*) AS events,
  count(DISTINCT profile) AS profiles,
  round(count(*) * 1.0 / count(DISTINCT profile), 1) AS events_per_profile
FROM events
GROUP BY channel
ORDER BY profiles DESC`,
    },
    first === undefined || last === undefined || first === last
      ? null
      : {
          key: 'after',
          name: last,
          sql: `WITH steps AS (
  SELECT event, time, lead(event) OVER next AS next_event, lead(time) OVER next AS next_time
  FROM events
  WINDOW next AS (PARTITION BY profile ORDER BY time)
)
SELECT next_event, count(*) AS times,
  median(epoch_ms(next_time) - epoch_ms(time)) / 60000 AS median_minutes
FROM steps
WHERE event = ${quoted(last)} AND next_event IS NOT NULL
GROUP BY next_event
ORDER BY times DESC
LIMIT 20`,
        },
    {
      key: 'weeks',
      name: '',
      sql: `SELECT period_start(first_seen, 'week', ${at}) AS week,
  count(*) AS profiles,
  round(avg(events), 1) AS events_each,
  sum(CASE WHEN last_seen >= now() - INTERVAL '7 days' THEN 1 ELSE 0 END) AS still_active
FROM profiles
GROUP BY week
ORDER BY week`,
    },
    {
      key: 'busy',
      name: '',
      sql: `SELECT profile, count(*) AS events, count(DISTINCT channel) AS channels, max(time) AS last_seen
FROM events
GROUP BY profile
ORDER BY events DESC
LIMIT 50`,
    },
    property === undefined
      ? null
      : {
          key: 'property',
          name: property.name,
          sql: `SELECT ${property.read} AS value, count(*) AS events, count(DISTINCT profile) AS profiles
FROM events
WHERE ${property.read} IS NOT NULL
GROUP BY value
ORDER BY events DESC
LIMIT 20`,
        },
  ]
  return all.filter((it) => it !== null)
}
