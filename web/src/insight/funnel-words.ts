import type { Exclusion, Funnel } from '../api/funnel.ts'
import type { Matcher } from '../api/model.ts'
import type { Text, TextKey } from '../i18n/use-text.ts'
import { parseSpan } from '../lib/span.ts'
import { takesAll } from '../ui/matcher.ts'
import { ruleWords } from '../ui/rule-words.ts'
import { fieldName } from '../ui/field-name.ts'
import { isTrait } from './field-choices.ts'

/** What a sentence about a funnel needs: words, and how spans and names are shown. */
export type Speech = {
  readonly text: Text
  readonly span: (ms: number) => string
  readonly touchpoint: (id: string) => string
  readonly signal?: (id: string) => string
}

type Sentence = readonly [TextKey, Readonly<Record<string, string | number>>]

/** The definition of a funnel in plain sentences, one for each field that the numbers depend on. */
export function funnelWords(funnel: Funnel, speech: Speech): readonly { readonly field: string; readonly words: string }[] {
  const { text } = speech
  const { order = 'ordered', window = { whole: '7d' }, entry = 'best', unit = 'profile', ties = 'any_order', reuse = false, hold = [], exclusions = [] } = funnel
  const spanOf = (written: string) => {
    const ms = parseSpan(written)
    return ms === null ? written : speech.span(ms)
  }
  const list = (names: readonly string[]) => names.join(text('list.and'))
  const counted: Sentence =
    typeof unit === 'string' ? [`funnel.words.unit.${unit}`, {}] : 'session' in unit ? ['funnel.words.unit.session', { span: spanOf(unit.session) }] : ['funnel.words.unit.group', { field: unit.group }]
  const time: Sentence =
    window === 'unlimited' ? ['funnel.words.window.unlimited', {}] : 'whole' in window ? ['funnel.words.window.whole', { span: spanOf(window.whole) }] : ['funnel.words.window.each', { span: spanOf(window.each) }]
  const tie: Sentence = typeof ties === 'string' ? [`funnel.words.ties.${ties}`, {}] : ['funnel.words.ties.grace', { span: spanOf(ties.grace) }]
  const optional = funnel.steps.filter((it) => it.optional === true).map((it) => it.name)
  const sentence = (field: string, [key, values]: Sentence) => ({ field, words: text(key, values) })
  return [
    sentence('unit', counted),
    sentence('range', ['funnel.words.range', {}]),
    sentence('order', [`funnel.words.order.${order}`, {}]),
    sentence('window', time),
    sentence('entry', [`funnel.words.entry.${entry}`, {}]),
    sentence('ties', tie),
    sentence('reuse', [reuse ? 'funnel.words.reuse.may' : 'funnel.words.reuse.not', {}]),
    ...(optional.length === 0 ? [] : [sentence('optional', ['funnel.words.optional', { count: optional.length, names: list(optional) }])]),
    ...exclusions.map((it, index) => ({ field: `exclusions ${index}`, words: exclusionWords(it, funnel, speech) })),
    ...(hold.length === 0 ? [] : [sentence('hold', ['funnel.words.hold', { fields: list(hold) }])]),
    ...(funnel.filter == null ? [] : [sentence('filter', [`funnel.words.filter.${funnel.filter.when ?? 'before'}`, { rule: ruleWords(funnel.filter.rule, text) }])]),
    ...(funnel.breakdown == null ? [] : [{ field: 'breakdown', words: breakdownWords(funnel, text) }]),
  ]
}

function exclusionWords(it: Exclusion, funnel: Funnel, speech: Speech): string {
  const name = (index: number) => funnel.steps[index]?.name ?? String(index + 1)
  return speech.text(`funnel.words.exclusion.${it.effect ?? 'spoil_attempt'}`, { event: matcherWords(it.matcher, speech), after: name(it.after), before: name(it.before) })
}

function breakdownWords({ breakdown, steps }: Funnel, text: Text): string {
  const attribution = breakdown?.attribution ?? 'entry'
  const field = fieldName(breakdown?.field ?? '', text)
  // A trait is as it is now, whichever step it is read for.
  if (isTrait(breakdown?.field ?? '')) return text('funnel.words.breakdown.now', { field })
  if (typeof attribution === 'string') return text(`funnel.words.breakdown.${attribution}`, { field })
  return text('funnel.words.breakdown.step', { field, name: steps[attribution.step]?.name ?? '' })
}

/** What a matcher takes, as one line. */
export function matcherWords(matcher: Matcher, { text, touchpoint, signal = (id) => id }: Pick<Speech, 'text' | 'touchpoint' | 'signal'>): string {
  if (takesAll(matcher)) return text('matcher.all')
  const { events = [], touchpoints = [], channels = [], signals = [], rule } = matcher
  const names = [...touchpoints.map(touchpoint), ...signals.map(signal), ...events, ...channels.map((it) => text(`channel.${it}`))]
  return [names.join(text('list.and')), ...(rule == null ? [] : [ruleWords(rule, text)])].filter((it) => it !== '').join(' · ')
}
