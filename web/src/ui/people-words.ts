import type { Matcher, PeopleRule, Range } from '../api/model.ts'
import type { Format } from '../i18n/use-format.ts'
import type { Text } from '../i18n/use-text.ts'
import { takesAll } from './matcher.ts'
import { type Leaf, rulesIn, shownOf, timesParts } from './people-rule.ts'
import { daysOf, kindOfRange } from './range.ts'
import { ruleWords } from './rule-words.ts'

/** Names of what a rule speaks about. */
export type PeopleNames = {
  readonly touchpoints: readonly { readonly id: string; readonly name: string }[]
  readonly stages: readonly { readonly id: string; readonly name: string }[]
  readonly segments: readonly { readonly id: string; readonly name: string }[]
  readonly signals?: readonly { readonly id: string; readonly name: string }[]
  readonly purposes?: readonly { readonly id: string; readonly name: string }[]
}

export type Wording = { readonly text: Text; readonly format: Pick<Format, 'count' | 'date'>; readonly names: PeopleNames }

/** A rule about people as one line of words. */
export function peopleWords(rule: PeopleRule, wording: Wording): string {
  const { text } = wording
  const shown = shownOf(rule)
  if (shown.kind === 'leaf') return leafWords(shown.leaf, shown.isNot, wording)
  const rules = rulesIn(shown.group)
  const words = rules.map((it) => {
    const inner = shownOf(it)
    const own = peopleWords(it, wording)
    return inner.kind === 'group' && !inner.isNot && rulesIn(inner.group).length > 1 && rules.length > 1 ? text('peopleRule.inGroup', { words: own }) : own
  })
  const isAll = 'all' in shown.group
  const joined = words.length === 0 ? text(isAll ? 'peopleRule.everybody' : 'peopleRule.nobody') : words.join(text(isAll ? 'peopleRule.and' : 'peopleRule.or'))
  return shown.isNot ? text('peopleRule.notGroup', { words: joined }) : joined
}

function leafWords(leaf: Leaf, isNot: boolean, { text, format, names }: Wording): string {
  if ('did' in leaf) {
    const { matcher, times, within } = leaf.did
    const { kind, count } = timesParts(times)
    const how = kind === 'at_least' && count === 1 ? '' : text(`peopleRule.times.${kind}`, { count, shown: format.count(count) })
    const words = { what: matcherWords(matcher, text, names), times: how, within: within == null ? '' : withinWords(within, text, format) }
    return tidyWords(text(isNot ? 'peopleRule.words.didNot' : 'peopleRule.words.did', words))
  }
  if ('in_order' in leaf) {
    const { steps, within } = leaf.in_order
    const words = { steps: steps.map((it) => matcherWords(it, text, names)).join(text('peopleRule.thenJoin')), within: within == null ? '' : text('peopleRule.spanWithin', { span: spanInWords(within, text) }) }
    return tidyWords(text(isNot ? 'peopleRule.words.notInOrder' : 'peopleRule.words.inOrder', words))
  }
  if ('stage' in leaf) {
    const name = names.stages.find((it) => it.id === leaf.stage.id)?.name ?? leaf.stage.id
    return text(isNot ? 'peopleRule.words.notStage' : 'peopleRule.words.stage', { name })
  }
  if ('segment' in leaf) {
    const name = names.segments.find((it) => it.id === leaf.segment.id)?.name ?? leaf.segment.id
    return text(isNot ? 'peopleRule.words.notSegment' : 'peopleRule.words.segment', { name })
  }
  if ('trait' in leaf) {
    const test = ruleWords({ where: { field: leaf.trait.name, test: leaf.trait.test } }, text)
    return text(isNot ? 'peopleRule.words.notTrait' : 'peopleRule.words.trait', { test })
  }
  if ('account' in leaf) {
    const { account_type: type, name, test } = leaf.account
    const words = { type, test: ruleWords({ where: { field: name, test } }, text) }
    return text(isNot ? 'peopleRule.words.notAccount' : 'peopleRule.words.account', words)
  }
  if ('consent' in leaf) {
    const { purpose, channel, state } = leaf.consent
    const name = names.purposes?.find((it) => it.id === purpose)?.name ?? purpose
    const isGranted = (state ?? 'granted') === 'granted'
    const words = { name, channel: channel == null ? '' : text('peopleRule.consentOn', { channel: text(`channel.${channel}`) }) }
    return tidyWords(text(isGranted === isNot ? 'peopleRule.words.denied' : 'peopleRule.words.granted', words))
  }
  const count = leaf.listed.length
  return text(isNot ? 'peopleRule.words.notListed' : 'peopleRule.words.listed', { count, shown: format.count(count) })
}

/** What a matcher takes, as one line. */
export function matcherWords(matcher: Matcher, text: Text, { touchpoints, signals = [] }: Pick<PeopleNames, 'touchpoints' | 'signals'>): string {
  if (takesAll(matcher)) return text('peopleRule.anything')
  const lists = [
    (matcher.touchpoints ?? []).map((id) => touchpoints.find((it) => it.id === id)?.name ?? id),
    (matcher.signals ?? []).map((id) => signals.find((it) => it.id === id)?.name ?? id),
    [...(matcher.events ?? [])],
    (matcher.channels ?? []).map((it) => text(`channel.${it}`)),
  ]
  const named = lists.flat().map((it) => text('peopleRule.quoted', { name: it })).join(text('peopleRule.orShort'))
  if (matcher.rule == null) return named
  const rule = ruleWords(matcher.rule, text)
  return text('peopleRule.where', { what: named === '' ? text('peopleRule.anything') : named, rule })
}

function withinWords(range: Range, text: Text, format: Wording['format']): string {
  const kind = kindOfRange(range)
  if (kind.kind === 'all') return ''
  if (kind.kind === 'between') return text('peopleRule.within.between', { from: format.date(kind.days.from), to: format.date(kind.days.to) })
  // A condition is asked of days that begin or end at its own moment; days before others are for comparisons only.
  if (kind.kind !== 'last') return ''
  const days = daysOf(kind.span)
  return days === null ? text('peopleRule.within.span', { span: kind.span }) : text('peopleRule.within.days', { count: days })
}

/** A span as a person says it: whole days or hours where it can. */
export function spanInWords(span: string, text: Text): string {
  const days = daysOf(span)
  if (days !== null) return text('paths.days', { count: days })
  const hours = /^(\d+)h$/.exec(span)?.[1]
  return hours === undefined ? span : text('paths.hours', { count: Number(hours) })
}

/** Parts that say nothing leave no gap. */
function tidyWords(words: string): string {
  return words.replaceAll(/ {2,}/g, ' ').trim()
}
