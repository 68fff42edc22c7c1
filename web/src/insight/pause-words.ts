import type { Text } from '../i18n/use-text.ts'
import { parseSpan } from '../lib/span.ts'
import { daysOf } from '../ui/range.ts'

/** A pause in words: minutes and hours as such, days as days. */
export function pauseWords(text: Text, span: string): string {
  const days = daysOf(span)
  if (days !== null) return text('paths.days', { count: days })
  const ms = parseSpan(span)
  if (ms === null) return span
  return ms % 3_600_000 === 0 ? text('paths.hours', { count: ms / 3_600_000 }) : text('paths.minutes', { count: Math.round(ms / 60_000) })
}
