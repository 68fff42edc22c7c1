import type { Matcher } from '../api/model.ts'
import type { Format } from '../i18n/use-format.ts'
import type { Text } from '../i18n/use-text.ts'
import { takesAll } from '../ui/matcher.ts'

/** A matcher in a few words: the names it takes. */
export function matcherTitle(matcher: Matcher, touchpoints: readonly { readonly id: string; readonly name: string }[], text: Text, signals: readonly { readonly id: string; readonly name: string }[] = []): string {
  if (takesAll(matcher)) return text('matcher.all')
  const names = [
    ...(matcher.touchpoints ?? []).map((id) => touchpoints.find((it) => it.id === id)?.name ?? id),
    ...(matcher.signals ?? []).map((id) => signals.find((it) => it.id === id)?.name ?? id),
    ...(matcher.events ?? []),
    ...(matcher.channels ?? []).map((it) => text(`channel.${it}`)),
  ]
  return names.length === 0 ? text('matcher.conditions', { count: 1 }) : names.join(text('list.and'))
}

/** A name of an event as the title of a step: `cart_added` becomes `Cart added`. */
export function titleOf(event: string): string {
  const words = event.replace(/[_\-.]+/g, ' ').trim()
  return words === '' ? event : words.charAt(0).toUpperCase() + words.slice(1)
}

/** A length of time in words; what takes less than a second happens at once. */
export function spanWords(ms: number, format: Format, text: Text): string {
  return ms < 1_000 ? text('map.atOnce') : format.span(ms)
}

/** How long after a step the next one comes. */
export function afterWords(ms: number, format: Format, text: Text): string {
  return ms < 1_000 ? text('map.atOnce') : text('map.after', { median: format.span(ms) })
}
