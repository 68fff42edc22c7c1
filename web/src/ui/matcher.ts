import type { Channel, Matcher } from '../api/model.ts'

export type MatcherPart = 'events' | 'touchpoints' | 'channels' | 'signals'

/** A matcher without empty lists, as the server writes it. */
export function tidy(matcher: Matcher): Matcher {
  const { events = [], touchpoints = [], channels = [], signals = [], rule } = matcher
  return {
    ...(events.length > 0 ? { events } : {}),
    ...(touchpoints.length > 0 ? { touchpoints } : {}),
    ...(channels.length > 0 ? { channels } : {}),
    ...(signals.length > 0 ? { signals } : {}),
    ...(rule === null || rule === undefined ? {} : { rule }),
  }
}

/** Adds a name to a list of the matcher, or takes it out. */
export function toggle(matcher: Matcher, part: MatcherPart, name: string, channels: readonly Channel[]): Matcher {
  const flip = <Name extends string>(names: readonly Name[] | undefined, it: Name) =>
    names?.includes(it) === true ? names.filter((other) => other !== it) : [...(names ?? []), it]
  if (part === 'events') return tidy({ ...matcher, events: flip(matcher.events, name) })
  if (part === 'touchpoints') return tidy({ ...matcher, touchpoints: flip(matcher.touchpoints, name) })
  if (part === 'signals') return tidy({ ...matcher, signals: flip(matcher.signals, name) })
  const channel = channels.find((it) => it === name)
  return channel === undefined ? matcher : tidy({ ...matcher, channels: flip(matcher.channels, channel) })
}

/** True for a matcher that asks nothing and so takes every event of customers. */
export function takesAll(matcher: Matcher): boolean {
  return Object.keys(tidy(matcher)).length === 0
}
