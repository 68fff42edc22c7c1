import type { Attribution, AttributionAnswer, CreditLine } from '../api/attribution.ts'
import type { PaidFor, StoredCost } from '../api/cost.ts'
import type { Counts, CountsAnswer } from '../api/counts.ts'
import type { Funnel, FunnelAnswer, Label } from '../api/funnel.ts'
import type { Matcher, PeopleRule, Rule } from '../api/model.ts'
import { labelText } from './funnel.ts'

/** What the pages of campaigns ask: the reports behind every number of them follow from it. */
export type CampaignAsk = {
  readonly range: Funnel['range']
  /** The field that names the campaign of an event. */
  readonly by: string
  readonly goal: Matcher
  /** The property that says what reaching the goal is worth. */
  readonly value?: string | null
  /** How long after a campaign has reached somebody a conversion still counts. */
  readonly within?: string
}

/** As long as attribution looks back when nobody says otherwise. */
export const WITHIN = '30d'

/** Fields that name a campaign, the usual ones first. */
const campaignFields = ['context.campaign.name', 'context.campaign', 'properties.campaign', 'properties.utm_campaign', 'context.utm_campaign', 'properties.campaign_name'] as const

/** Fields of the workspace that name campaigns; the first is the one to begin with. */
export function fieldsOfCampaigns(seen: readonly string[]): readonly string[] {
  const known = campaignFields.filter((it) => seen.includes(it))
  return known.length > 0 ? known : [campaignFields[0]]
}

/** How events of a purchase are often called, the plainest first. */
const purchases = [/^(order|purchase)(_?(placed|completed|paid|created))?$/i, /(order|purchase).*(placed|completed|paid)/i, /^(checkout_completed|payment_completed|transaction)$/i]

/** The event that is most likely a purchase; none where nothing is called like one. */
export function purchaseIn(names: readonly string[]): string | null {
  for (const pattern of purchases) {
    const found = names.find((it) => pattern.test(it))
    if (found !== undefined) return found
  }
  return null
}

/** Events by which a campaign reaches people: those that name one, or this one. A conversion is none of them. */
export function touchOf({ by, goal }: Pick<CampaignAsk, 'by' | 'goal'>, name?: string): Matcher {
  const test = name === undefined ? { exists: {} } : { is: valuesOf(name) }
  return { rule: { all: [{ where: { field: by, test } }, { not: ruleOf(goal) }] } }
}

/** A name in an address may have been a number. */
function valuesOf(name: string): (string | number)[] {
  return name !== '' && String(Number(name)) === name ? [name, Number(name)] : [name]
}

/** The same as a matcher, as a condition. */
function ruleOf({ events = [], touchpoints = [], channels = [], rule }: Matcher): Rule {
  const parts = (
    [
      ['event', events],
      ['touchpoint', touchpoints],
      ['channel', channels],
    ] as const
  ).flatMap(([field, values]): Rule[] => (values.length === 0 ? [] : [{ where: { field, test: { is: [...values] } } }]))
  return { all: [...parts, ...(rule == null ? [] : [rule])] }
}

/** Credit and cost of campaigns, or of a campaign by another field. */
export function creditOf(ask: CampaignAsk, of?: { readonly name: string; readonly by: string }): Attribution {
  return {
    range: ask.range,
    conversion: ask.goal,
    value: ask.value ?? null,
    touch: touchOf(ask, of?.name),
    by: of?.by ?? ask.by,
    look_back: { within: ask.within ?? WITHIN },
    models: ['last'],
  }
}

/** Events of campaigns by the day: when each began and ended to reach people. */
export function daysOf(ask: CampaignAsk): Counts {
  return { range: ask.range, every: 'day', series: [{ name: 'touch', matcher: touchOf(ask) }], breakdown: ask.by }
}

/** From being reached to the goal, for every person. */
export function responseOf(ask: CampaignAsk, names: readonly [string, string], of?: { readonly name?: string; readonly breakdown?: string; readonly people?: PeopleRule }): Funnel {
  const [touch, goal] = names
  return {
    range: ask.range,
    steps: [
      { name: touch, matcher: touchOf(ask, of?.name) },
      { name: goal, matcher: ask.goal },
    ],
    window: { whole: ask.within ?? WITHIN },
    entry: 'first',
    ...(of?.breakdown === undefined ? {} : { breakdown: { field: of.breakdown } }),
    ...(of?.people === undefined ? {} : { people: of.people }),
  }
}

/** Sessions in which a campaign reached somebody. */
export function sessionsOf(ask: CampaignAsk, names: readonly [string, string], name?: string): Funnel {
  return { ...responseOf(ask, names, name === undefined ? { breakdown: ask.by } : { name }), unit: { session: '30m' } }
}

/** The people whom a campaign reached in the range. */
export function reachedBy(ask: CampaignAsk, name: string): PeopleRule {
  return { did: { matcher: touchOf(ask, name), within: ask.range } }
}

/** One campaign of the list. What no event names has only a cost, and what has no cost only events. */
export type CampaignRow = {
  readonly name: string
  readonly label: Label
  readonly line: CreditLine | null
  readonly paid: PaidFor | null
  readonly sessions: number
  readonly first: string | null
  readonly last: string | null
}

/** Campaigns of events and of costs together: those that reach most first. */
export function campaignRows(credit: AttributionAnswer, sessions: Pick<FunnelAnswer, 'lines'> | undefined, days: CountsAnswer | undefined): readonly CampaignRow[] {
  const row = (label: Label, line: CreditLine | null, paid: PaidFor | null): CampaignRow => ({
    name: labelText(label) ?? '',
    label,
    line,
    paid,
    sessions: sessions?.lines.find((it) => isSameLabel(it.label, label))?.steps[0] ?? 0,
    ...spanOf(days, label),
  })
  const met = credit.lines.filter((it) => labelText(it.label) !== null && it.touches.times + it.on_path.times > 0)
  const rows = met.map((line) => row(line.label, line, line.cost ?? null))
  const unmet = (credit.cost?.without_touch ?? []).filter((it) => labelText(it.label) !== null)
  return [...rows, ...unmet.map(({ label, paid }) => row(label, null, paid))].sort(
    (one, other) => (other.line?.touches.profiles ?? 0) - (one.line?.touches.profiles ?? 0) || (other.paid?.amount ?? 0) - (one.paid?.amount ?? 0),
  )
}

function isSameLabel(one: Label | null | undefined, other: Label): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The first and the last day with an event. */
function spanOf(days: CountsAnswer | undefined, label: Label): { readonly first: string | null; readonly last: string | null } {
  const series = days?.series.find((it) => isSameLabel(it.label, label))
  const some = (days?.points ?? []).filter((_, index) => (series?.points[index]?.events ?? 0) > 0)
  return { first: some[0]?.from ?? null, last: some.at(-1)?.from ?? null }
}

/** What came back less what was paid, by what was paid; none where nothing was paid. */
export function returnOf(worth: number, paid: number): number | null {
  return paid > 0 ? (worth - paid) / paid : null
}

/** One part of the time in which a campaign ran. */
export type Phase = { readonly from: string; readonly isPartial: boolean; readonly cost: number | null; readonly reached: number; readonly sessions: number; readonly converted: number; readonly open: number }

/** Phases by when people were reached for the first time; what was paid lies in the phase of its day. */
export function phasesOf(response: Pick<FunnelAnswer, 'trend'>, sessions: Pick<FunnelAnswer, 'trend'> | undefined, costs: readonly StoredCost[] | null, dayOf: (time: string) => string): readonly Phase[] {
  const starts = response.trend.map((it) => dayOf(it.from))
  const sums = costs === null ? null : starts.map(() => 0)
  for (const cost of costs ?? []) {
    const index = starts.findLastIndex((it) => it <= cost.day)
    const sum = sums?.[index]
    if (sums !== null && sum !== undefined) sums[index] = sum + Number(cost.amount)
  }
  return response.trend.map((it, index) => ({
    from: it.from,
    isPartial: it.is_partial,
    cost: sums?.[index] ?? null,
    reached: it.steps[0] ?? 0,
    sessions: sessions?.trend.find((other) => other.from === it.from)?.steps[0] ?? 0,
    converted: it.converted.units,
    open: it.immature.units,
  }))
}

/** One part of the people whom a campaign reached. */
export type Part = { readonly label: Label; readonly reached: number; readonly converted: number; readonly conversions: number; readonly worth: number }

/** What a part is named by, when it is a trait and no field of events. */
export function traitOfPart(part: string): string | null {
  return part.startsWith(TRAIT) ? part.slice(TRAIT.length) : null
}

/** Where people are: a field or trait that is called like a place, else where they were met. */
export function usualPart(fields: readonly string[], traits: readonly string[]): string {
  const place = /(^|[._])(region|country|province|state|city)$/i
  const trait = traits.find((it) => place.test(it))
  return fields.find((it) => place.test(it) && it.startsWith('context.')) ?? (trait === undefined ? (fields.find((it) => place.test(it)) ?? 'touchpoint') : partOfTrait(trait))
}

/** A trait as what people are told apart by. */
export function partOfTrait(name: string): string {
  return `${TRAIT}${name}`
}

const TRAIT = 'trait:'

/** The parts by the value that the first event of each person has, with the credit of the values on paths. */
export function partsOf(response: { readonly lines: readonly { readonly label: Label; readonly steps: readonly number[] }[] }, credit: Pick<AttributionAnswer, 'lines'> | undefined): readonly Part[] {
  const parts = new Map<string, Part>()
  const part = (label: Label): Part => parts.get(JSON.stringify(label)) ?? { label, reached: 0, converted: 0, conversions: 0, worth: 0 }
  for (const { label, steps } of response.lines) {
    parts.set(JSON.stringify(label), { ...part(label), reached: steps[0] ?? 0, converted: steps.at(-1) ?? 0 })
  }
  for (const { label, credit: [last] } of credit?.lines ?? []) {
    if (last !== undefined && last.conversions > 0) parts.set(JSON.stringify(label), { ...part(label), conversions: last.conversions, worth: last.value })
  }
  return [...parts.values()].sort((one, other) => other.reached - one.reached || other.conversions - one.conversions)
}

/** All parts together. */
export function sumOf(parts: readonly Omit<Part, 'label'>[]): Omit<Part, 'label'> {
  return parts.reduce<Omit<Part, 'label'>>(
    (sum, it) => ({ reached: sum.reached + it.reached, converted: sum.converted + it.converted, conversions: sum.conversions + it.conversions, worth: sum.worth + it.worth }),
    { reached: 0, converted: 0, conversions: 0, worth: 0 },
  )
}
