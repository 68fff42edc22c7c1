import type { Exclusion, Funnel, FunnelAnswer, FunnelStep, Label, Tally } from '../api/funnel.ts'
import type { Rule } from '../api/model.ts'

/** One step as a row: rates are derived here and never sent. */
export type FunnelRow = {
  readonly name: string
  readonly isOptional: boolean
  readonly profiles: number
  readonly units: number
  /** Share of those who entered; none when nobody did. */
  readonly reached: number | null
  /** Share of the required step before. */
  readonly passed: number | null
  readonly lost: number
  readonly immature: number
  readonly medianMs: number | null
  readonly low: number | null
  readonly high: number | null
}

/** Below this many, a rate says little and is shown in grey. */
export const SMALL = 30

export function funnelRows(answer: FunnelAnswer): FunnelRow[] {
  const entered = answer.steps[0]?.units ?? 0
  let before: number | null = null
  return answer.steps.map((step) => {
    const row = {
      name: step.name,
      isOptional: step.is_optional,
      profiles: step.profiles,
      units: step.units,
      reached: entered === 0 ? null : step.units / entered,
      passed: before === null || before === 0 ? null : step.units / before,
      lost: step.lost.profiles,
      immature: step.immature.profiles,
      medianMs: step.to_reach?.median_ms ?? null,
      low: step.interval?.low ?? null,
      high: step.interval?.high ?? null,
    }
    if (!step.is_optional) before = step.units
    return row
  })
}

export type FunnelEdit =
  | { readonly kind: 'step'; readonly index: number; readonly step: FunnelStep }
  | { readonly kind: 'add'; readonly step: FunnelStep }
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'move'; readonly index: number; readonly to: number }
  | { readonly kind: 'set'; readonly change: Partial<Funnel> }

/** The funnel after an edit. What points at steps by number follows them or goes. */
export function editFunnel(funnel: Funnel, edit: FunnelEdit): Funnel {
  switch (edit.kind) {
    case 'step':
      return { ...funnel, steps: funnel.steps.map((step, index) => (index === edit.index ? edit.step : step)) }
    case 'add':
      return { ...funnel, steps: [...funnel.steps, edit.step] }
    case 'remove':
      return pruned({ ...funnel, steps: funnel.steps.filter((_, index) => index !== edit.index) })
    case 'move': {
      const rest = funnel.steps.filter((_, index) => index !== edit.index)
      return pruned({ ...funnel, steps: [...rest.slice(0, edit.to), ...funnel.steps.slice(edit.index, edit.index + 1), ...rest.slice(edit.to)] })
    }
    case 'set':
      return pruned({ ...funnel, ...edit.change })
  }
}

/** The filter with another rule; when it takes hold stays. */
export function filterBy(funnel: Pick<Funnel, 'filter'>, rule: Rule | null): NonNullable<Funnel['filter']> | null {
  return rule === null ? null : { rule, when: funnel.filter?.when ?? 'before' }
}

const EVERY = 'every' satisfies Funnel['entry']

function pruned(funnel: Funnel): Funnel {
  const count = funnel.steps.length
  const steps = funnel.steps.map((step, index) => {
    const may = index > 0 && index + 1 < count && (funnel.order ?? 'ordered') === 'ordered'
    return step.optional === true && !may ? { ...step, optional: false } : step
  })
  const fits = (it: Exclusion) => it.after < it.before && it.before < count && funnel.order !== 'any'
  const exclusions = (funnel.exclusions ?? []).filter(fits)
  const attribution = funnel.breakdown?.attribution
  const lostStep = typeof attribution === 'object' && attribution.step >= count
  const entry = funnel.unit === 'attempt' ? EVERY : funnel.entry
  return {
    ...funnel,
    steps,
    exclusions,
    ...(entry === undefined ? {} : { entry }),
    ...(funnel.breakdown !== null && funnel.breakdown !== undefined && lostStep ? { breakdown: { field: funnel.breakdown.field } } : {}),
  }
}

/** Those who entered at one time: everyone has converted, has missed it, or may still convert. */
export type TrendRow = {
  readonly from: string
  readonly isPartial: boolean
  readonly entered: number
  readonly profiles: number
  readonly converted: Tally
  readonly missed: Tally
  readonly open: Tally
  /** Of all that entered; it may still rise while some are open. */
  readonly rate: number | null
}

export function trendRows({ trend }: Pick<FunnelAnswer, 'trend'>): readonly TrendRow[] {
  return trend.map(({ from, is_partial, steps, profiles, converted, missed, immature }) => {
    const [entered = 0] = steps
    const [people = 0] = profiles
    return {
      from,
      isPartial: is_partial,
      entered,
      profiles: people,
      converted,
      missed,
      open: immature,
      rate: entered === 0 ? null : converted.units / entered,
    }
  })
}

/** A funnel can be asked with one step or more, each with a name. */
export function isAskable(funnel: Funnel): boolean {
  return funnel.steps.length > 0 && funnel.steps.every((step) => step.name.trim() !== '')
}

/** The text of a label; none for those that have a name in every language. */
export function labelText(label: Label): string | null {
  return typeof label === 'string' ? null : String(label.value)
}

/** Why no test says whether values differ: what is counted, where the value comes from, or too few people. */
export function whyNotCompared({ unit, breakdown }: Funnel): 'units' | 'value' | 'few' {
  if (unit !== undefined && unit !== 'profile') return 'units'
  return (breakdown?.attribution ?? 'entry') === 'entry' ? 'few' : 'value'
}
