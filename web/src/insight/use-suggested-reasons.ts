import type { Matcher } from '../api/model.ts'
import type { Reason } from '../api/reasons.ts'
import { useMatcherSource } from '../api/use-matcher-source.ts'
import { useText } from '../i18n/use-text.ts'
import { suggestedReasons } from './reasons.ts'

/** Reasons that the events of the workspace may tell, in the language of the page. */
export function useSuggestedReasons(): (steps: readonly { readonly matcher: Matcher }[]) => readonly Reason[] {
  const text = useText()
  const { events, fields } = useMatcherSource()
  const seen = { events: events.map((it) => it.name), fields: fields.map((it) => it.field) }
  return (steps) => suggestedReasons(seen, steps, (kind) => text(`reasons.kinds.${kind}`))
}
