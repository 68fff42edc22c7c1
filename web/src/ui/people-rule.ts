import type { Channel, Matcher, PeopleRule, Times } from '../api/model.ts'
import { isRecord } from '../lib/read.ts'

/** Kinds of conditions that a person can choose, in the order of the list. */
export const conditionKinds = ['did', 'in_order', 'stage', 'segment', 'trait', 'account', 'consent'] as const
export type ConditionKind = (typeof conditionKinds)[number]
export type Leaf = Exclude<PeopleRule, { readonly all: unknown } | { readonly any: unknown } | { readonly not: unknown }>
export type PeopleGroup = { readonly all: readonly PeopleRule[] } | { readonly any: readonly PeopleRule[] }

/** A condition as a line shows it, or a group as a box does. */
export type Shown =
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly isNot: boolean }
  | { readonly kind: 'group'; readonly group: PeopleGroup; readonly isNot: boolean }

/** Takes the negations off a rule. */
export function shownOf(rule: PeopleRule): Shown {
  if ('not' in rule) {
    const inner = shownOf(rule.not)
    return { ...inner, isNot: !inner.isNot }
  }
  return 'all' in rule || 'any' in rule ? { kind: 'group', group: rule, isNot: false } : { kind: 'leaf', leaf: rule, isNot: false }
}

export function withNot(rule: PeopleRule, isNot: boolean): PeopleRule {
  return isNot ? { not: rule } : rule
}

/** A rule as the group that an editor shows: one condition becomes a group of one. */
export function groupOf(rule: PeopleRule | null | undefined): PeopleGroup {
  if (rule === null || rule === undefined) return { all: [] }
  return 'all' in rule || 'any' in rule ? rule : { all: [rule] }
}

export function rulesIn(group: PeopleGroup): readonly PeopleRule[] {
  return 'all' in group ? group.all : group.any
}

export function withRulesIn(group: PeopleGroup, rules: readonly PeopleRule[]): PeopleGroup {
  return 'all' in group ? { all: rules } : { any: rules }
}

/** The group without what is empty; `null` when nothing is asked any more. */
export function prunePeople(group: PeopleGroup): PeopleRule | null {
  const rules = rulesIn(group)
  return rules.length === 0 ? null : rules.length === 1 ? (rules[0] ?? null) : group
}

/** Two conditions that both hold; one of them may be none. */
export function both(one: PeopleRule | null | undefined, other: PeopleRule): PeopleRule {
  return one === null || one === undefined ? other : 'all' in one ? { all: [...one.all, other] } : { all: [one, other] }
}

/** How many conditions a rule has. */
export function countPeople(rule: PeopleRule | null | undefined): number {
  if (rule === null || rule === undefined) return 0
  if ('all' in rule) return rule.all.reduce((sum, it) => sum + countPeople(it), 0)
  if ('any' in rule) return rule.any.reduce((sum, it) => sum + countPeople(it), 0)
  return 'not' in rule ? countPeople(rule.not) : 1
}

/** Kinds that can be asked in a workspace: no stages, segments, traits, accounts or purposes, no question about them. */
export function kindsFor({ stages, segments, traits, accounts, purposes }: Starts): readonly ConditionKind[] {
  const lacks: readonly ConditionKind[] = [
    ...(stages.length === 0 ? (['stage'] as const) : []),
    ...(segments.length === 0 ? (['segment'] as const) : []),
    ...(traits.fields.length === 0 ? (['trait'] as const) : []),
    ...(accounts.length === 0 ? (['account'] as const) : []),
    ...(purposes.length === 0 ? (['consent'] as const) : []),
  ]
  return conditionKinds.filter((it) => !lacks.includes(it))
}

/** The kind of a condition; a list of profiles comes from elsewhere and cannot be chosen. */
export function kindOfLeaf(leaf: Leaf): ConditionKind | 'listed' {
  return 'listed' in leaf ? 'listed' : (conditionKinds.find((it) => it in leaf) ?? 'did')
}

/** A purpose of consent, and the channels that it is asked for. */
export type Purposes = { readonly id: string; readonly channels: readonly Channel[] }

/** A type of accounts, and the names of what was told of them. */
export type AccountTypeStart = { readonly account_type: string; readonly traits: readonly string[] }

/** What a new condition of a kind can start from. */
export type Starts = {
  readonly stages: readonly { readonly id: string }[]
  readonly segments: readonly { readonly id: string }[]
  readonly traits: { readonly fields: readonly { readonly field: string }[] }
  readonly accounts: readonly AccountTypeStart[]
  readonly purposes: readonly Purposes[]
}

/** A condition of another kind that keeps what it can of the one before. */
export function makeLeaf(kind: ConditionKind, before: Leaf | null, starts: Starts): Leaf {
  const matcher = before === null ? {} : matcherOf(before)
  switch (kind) {
    case 'did':
      return { did: { matcher, times: { at_least: 1 } } }
    case 'in_order':
      return { in_order: { steps: [matcher, {}] } }
    case 'stage':
      return { stage: { id: starts.stages[0]?.id ?? '' } }
    case 'segment':
      return { segment: { id: starts.segments[0]?.id ?? '' } }
    case 'trait':
      return { trait: { name: starts.traits.fields[0]?.field ?? '', test: { exists: {} } } }
    case 'account':
      return { account: accountFor(starts.accounts[0]) }
    case 'consent':
      return { consent: consentFor(starts.purposes[0]) }
  }
}

/** Any value of the first trait of a type of accounts. */
export function accountFor(type: AccountTypeStart | undefined): Extract<Leaf, { readonly account: unknown }>['account'] {
  return { account_type: type?.account_type ?? '', name: type?.traits[0] ?? 'name', test: { exists: {} } }
}

/** Granted for a purpose, on its first channel where it has any. */
export function consentFor(purpose: Purposes | undefined): { readonly purpose: string; readonly channel?: Channel; readonly state: 'granted' } {
  const channel = purpose?.channels[0]
  return { purpose: purpose?.id ?? '', ...(channel === undefined ? {} : { channel }), state: 'granted' }
}

function matcherOf(leaf: Leaf): Matcher {
  if ('did' in leaf) return leaf.did.matcher
  return 'in_order' in leaf ? (leaf.in_order.steps[0] ?? {}) : {}
}

export const timesKinds = ['at_least', 'at_most', 'exactly'] as const
export type TimesKind = (typeof timesKinds)[number]

export function timesParts(times: Times | undefined): { readonly kind: TimesKind; readonly count: number } {
  if (times === undefined) return { kind: 'at_least', count: 1 }
  if ('at_least' in times) return { kind: 'at_least', count: times.at_least }
  return 'at_most' in times ? { kind: 'at_most', count: times.at_most } : { kind: 'exactly', count: times.exactly }
}

/** At least 0 times holds for everybody, so at least once is the least. */
export function makeTimes(kind: TimesKind, count: number): Times {
  const whole = Math.min(Math.max(Math.round(count) || 0, kind === 'at_least' ? 1 : 0), 1_000_000)
  return kind === 'at_least' ? { at_least: whole } : kind === 'at_most' ? { at_most: whole } : { exactly: whole }
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
export function isPeopleRule(value: unknown, depth = 0): value is PeopleRule {
  if (!isRecord(value) || depth > 16) return false
  const [entry, ...others] = Object.entries(value)
  if (entry === undefined || others.length > 0) return false
  const [kind, it] = entry
  switch (kind) {
    case 'all':
    case 'any':
      return Array.isArray(it) && it.every((rule) => isPeopleRule(rule, depth + 1))
    case 'not':
      return isPeopleRule(it, depth + 1)
    case 'did':
      return isRecord(it) && isRecord(it['matcher']) && [it['times'], it['within']].every((part) => part == null || isRecord(part))
    case 'in_order':
      return isRecord(it) && Array.isArray(it['steps']) && it['steps'].every(isRecord)
    case 'stage':
    case 'segment':
      return isRecord(it) && typeof it['id'] === 'string'
    case 'trait':
      return isRecord(it) && typeof it['name'] === 'string' && isRecord(it['test'])
    case 'account':
      return isRecord(it) && typeof it['account_type'] === 'string' && typeof it['name'] === 'string' && isRecord(it['test'])
    case 'consent':
      return isRecord(it) && typeof it['purpose'] === 'string'
    case 'listed':
      return Array.isArray(it)
    default:
      return false
  }
}

/** Whether a member of an address can be the people of a question. */
export function isPeoplePart(value: unknown): boolean {
  return value === undefined || value === null || isPeopleRule(value)
}
