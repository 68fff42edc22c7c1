import type { Driver, Drivers, Standing } from '../api/drivers.ts'
import type { Funnel } from '../api/funnel.ts'
import { parseSpan, writeSpan } from '../lib/span.ts'

/** The question about a funnel: what would know the outcome is taken off it. */
export function driversOf({ range, steps, window, ties, hold, filter, people }: Funnel): Drivers {
  const isAfter = filter?.when === 'after'
  return {
    range,
    // A filter that takes hold at the first step is a condition of it.
    steps: steps.map((step, index) => (index === 0 && filter != null && isAfter ? { ...step, matcher: withRule(step.matcher, filter.rule) } : step)),
    within: withinOf(window, steps.length),
    ...(ties === undefined ? {} : { ties }),
    ...(hold === undefined || hold.length === 0 ? {} : { hold }),
    ...(filter == null || isAfter ? {} : { filter: filter.rule }),
    ...(people == null ? {} : { people }),
    fields: ['event'],
    entry_fields: ['channel'],
  }
}

type Matcher = Funnel['steps'][number]['matcher']

function withRule(matcher: Matcher, rule: NonNullable<Matcher['rule']>): Matcher {
  return { ...matcher, rule: matcher.rule == null ? rule : { all: [matcher.rule, rule] } }
}

/** The longest that somebody may take from the first step to the last. */
function withinOf(window: Funnel['window'], stepsCount: number): string {
  if (window === undefined) return '7d'
  if (window === 'unlimited') return '30d'
  if ('whole' in window) return window.whole
  const each = parseSpan(window.each)
  return each === null ? '7d' : writeSpan(each * Math.max(1, stepsCount - 1))
}

/** What candidates are told under: what helps and hinders first, then what may be chance, then what was not tested. */
export const driverGroups = [
  { key: 'found', standings: ['helps', 'hinders'] },
  { key: 'unsure', standings: ['unsure'] },
  { key: 'structural', standings: ['on_the_way', 'at_the_end'] },
  { key: 'few', standings: ['few'] },
] as const satisfies readonly { readonly key: string; readonly standings: readonly Standing[] }[]

export type DriverGroup = (typeof driverGroups)[number]['key']

export function inGroup(drivers: readonly Driver[], group: DriverGroup): readonly Driver[] {
  const standings: readonly Standing[] = driverGroups.find((it) => it.key === group)?.standings ?? []
  return drivers.filter((it) => standings.includes(it.standing))
}

/** Where a candidate comes from, and the field or trait that it is a value of. */
export function sourceOf({ from }: Pick<Driver, 'from'>): { readonly kind: 'on_the_way' | 'at_entry' | 'trait'; readonly name: string } {
  if ('on_the_way' in from) return { kind: 'on_the_way', name: from.on_the_way }
  if ('at_entry' in from) return { kind: 'at_entry', name: from.at_entry }
  return { kind: 'trait', name: from.trait }
}

/** A field more or less. */
export function toggled(fields: readonly string[] | undefined, field: string): readonly string[] {
  const now = fields ?? []
  return now.includes(field) ? now.filter((it) => it !== field) : [...now, field]
}

/** Fields that say what people weigh while they compare: what they look at, and what they look for. */
export function comparedFields(fields: readonly string[]): readonly string[] {
  return fields.filter((it) => it.startsWith('properties.') && /\.(category|brand|content(_?type)?|topic|feature|query|keyword|search_?term|类别|類別|品牌|内容|關鍵詞|关键词)$/i.test(it)).slice(0, 4)
}

/** It can be asked with two named steps and something to look at. */
export function canAskDrivers({ steps, fields = ['event'], entry_fields = [], traits = [] }: Drivers): boolean {
  return steps.length > 1 && steps.every((it) => it.name.trim() !== '') && fields.length + entry_fields.length + traits.length > 0
}
