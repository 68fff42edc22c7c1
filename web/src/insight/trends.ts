import type { Range } from '../api/model.ts'
import type { Measure, TrendDisplay, TrendFormula, TrendLine, Trends, TrendSeries, TrendsAnswer } from '../api/trends.ts'

/** So many series have a letter. */
export const SERIES_MAX = 10
export const FORMULAS_MAX = 5
/** More lines could not be told apart in one drawing. */
export const DRAWN_MAX = 5

/** What is asked before anyone has chosen: everything that customers did, and how many they were, by the day. */
export function usualTrends(range: Range, names: { readonly events: string; readonly profiles: string }): Trends {
  return {
    range,
    series: [
      { name: names.events, matcher: {} },
      { name: names.profiles, matcher: {}, measure: 'profiles' },
    ],
  }
}

/** The letter of a series in formulas. */
export function letterOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

export type MeasureKind = 'events' | 'profiles' | 'events_per_profile' | 'sum' | 'mean' | 'weighted' | 'median' | 'p90' | 'min' | 'max' | 'distinct'

export const measureKinds = ['events', 'profiles', 'events_per_profile', 'sum', 'mean', 'weighted', 'median', 'p90', 'min', 'max', 'distinct'] as const satisfies readonly MeasureKind[]

/** Where tools for questionnaires put how much an answer counts. */
const USUAL_WEIGHT = 'properties.weight'

/** What is told, and of which field where it is told of one. */
export function measureOf(measure: Measure | undefined): { readonly kind: MeasureKind; readonly field: string | null; readonly permille: number } {
  const plain = { field: null, permille: 900 }
  if (measure === undefined) return { kind: 'events', ...plain }
  if (typeof measure === 'string') return { kind: measure, ...plain }
  if ('sum' in measure) return { kind: 'sum', field: measure.sum, permille: 900 }
  if ('mean' in measure) return { kind: 'mean', field: measure.mean, permille: 900 }
  if ('weighted_mean' in measure) return { kind: 'weighted', field: measure.weighted_mean.field, permille: 900 }
  if ('median' in measure) return { kind: 'median', field: measure.median, permille: 900 }
  if ('min' in measure) return { kind: 'min', field: measure.min, permille: 900 }
  if ('max' in measure) return { kind: 'max', field: measure.max, permille: 900 }
  if ('distinct' in measure) return { kind: 'distinct', field: measure.distinct, permille: 900 }
  return { kind: 'p90', field: measure.quantile.field, permille: measure.quantile.permille }
}

/** What events are weighted by; null where they are not. */
export function weightOf(measure: Measure | undefined): string | null {
  return typeof measure === 'object' && 'weighted_mean' in measure ? measure.weighted_mean.weight : null
}

/** The measure of a kind; a field that is not known yet is the first that would do. */
export function measureAs(kind: MeasureKind, field: string, permille = 900, weight = USUAL_WEIGHT): Measure {
  switch (kind) {
    case 'events':
    case 'profiles':
    case 'events_per_profile':
      return kind
    case 'sum':
      return { sum: field }
    case 'mean':
      return { mean: field }
    case 'weighted':
      return { weighted_mean: { field, weight } }
    case 'median':
      return { median: field }
    case 'p90':
      return { quantile: { field, permille } }
    case 'min':
      return { min: field }
    case 'max':
      return { max: field }
    case 'distinct':
      return { distinct: field }
  }
}

export type TrendsEdit =
  | { readonly kind: 'series'; readonly index: number; readonly series: TrendSeries }
  | { readonly kind: 'add'; readonly series: TrendSeries }
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'formula'; readonly index: number; readonly formula: TrendFormula }
  | { readonly kind: 'addFormula'; readonly formula: TrendFormula }
  | { readonly kind: 'removeFormula'; readonly index: number }
  | { readonly kind: 'set'; readonly change: Partial<Trends> }

export function editTrends(trends: Trends, edit: TrendsEdit): Trends {
  const { series, formulas = [] } = trends
  switch (edit.kind) {
    case 'series':
      return { ...trends, series: series.map((it, index) => (index === edit.index ? edit.series : it)) }
    case 'add':
      return { ...trends, series: [...series, edit.series] }
    case 'remove':
      return { ...trends, series: series.filter((_, index) => index !== edit.index), formulas: formulas.flatMap((it) => without(it, edit.index)) }
    case 'formula':
      return { ...trends, formulas: formulas.map((it, index) => (index === edit.index ? edit.formula : it)) }
    case 'addFormula':
      return { ...trends, formulas: [...formulas, edit.formula] }
    case 'removeFormula':
      return { ...trends, formulas: formulas.filter((_, index) => index !== edit.index) }
    case 'set':
      return { ...trends, ...edit.change }
  }
}

/** A formula when a series is gone: one that needs it goes as well, and letters behind it move up. */
function without(formula: TrendFormula, gone: number): readonly TrendFormula[] {
  const letters = formula.expression.toUpperCase().match(/[A-Z]/g) ?? []
  const indexes = letters.map((it) => it.charCodeAt(0) - 'A'.charCodeAt(0))
  if (indexes.includes(gone)) return []
  const expression = formula.expression.toUpperCase().replace(/[A-Z]/g, (letter) => {
    const index = letter.charCodeAt(0) - 'A'.charCodeAt(0)
    return letterOf(index > gone ? index - 1 : index)
  })
  return [{ ...formula, expression }]
}

/** A name that no other series has. */
export function freeName(trends: Trends, wanted: string): string {
  const taken = new Set([...trends.series.map((it) => it.name), ...(trends.formulas ?? []).map((it) => it.name)])
  if (!taken.has(wanted)) return wanted
  let number = 2
  while (taken.has(`${wanted} ${number}`)) number += 1
  return `${wanted} ${number}`
}

/** Whether it can be asked at all; what is wrong otherwise the server says. */
export function isAskableTrends(trends: Trends): boolean {
  return trends.series.length > 0
}

export type DisplayChoice = 'plain' | 'running' | '3' | '7' | '14' | '28'

export const displayChoices = ['plain', 'running', '3', '7', '14', '28'] as const satisfies readonly DisplayChoice[]

export function displayOf(display: TrendDisplay | undefined): string {
  if (display === undefined || typeof display === 'string') return display ?? 'plain'
  return String(display.moving)
}

export function displayAs(choice: string): TrendDisplay {
  return choice === 'plain' || choice === 'running' ? choice : { moving: Number(choice) }
}

/** One line of the answer, with what names it among the others. */
export type TrendRow = {
  readonly key: string
  readonly line: TrendLine
  /** Its place among the lines that are drawn; none when it is not. */
  readonly slot: number | null
}

export function keyOf({ name, label }: Pick<TrendLine, 'name' | 'label'>): string {
  return JSON.stringify([name, label ?? null])
}

/** Lines in their order; those that are drawn are the chosen ones, or the first. */
export function trendRows({ lines }: Pick<TrendsAnswer, 'lines'>, chosen: readonly string[] | null): readonly TrendRow[] {
  const keys = lines.map(keyOf)
  const kept = chosen?.filter((it) => keys.includes(it)) ?? []
  const drawn = kept.length > 0 ? kept : keys.slice(0, DRAWN_MAX)
  return lines.map((line, index) => {
    const key = keys[index] ?? ''
    const slot = drawn.indexOf(key)
    return { key, line, slot: slot < 0 ? null : slot }
  })
}

/** What is drawn once a line is pressed: with it or without it, as many as may be. */
export function toggled(rows: readonly TrendRow[], key: string): readonly string[] {
  const drawn = rows.filter((it) => it.slot !== null).toSorted((a, b) => (a.slot ?? 0) - (b.slot ?? 0)).map((it) => it.key)
  if (drawn.includes(key)) return drawn.length === 1 ? drawn : drawn.filter((it) => it !== key)
  return [...drawn.slice(0, DRAWN_MAX - 1), key]
}

/** The first point that is not over, when it is at the end. */
export function openFrom({ points }: Pick<TrendsAnswer, 'points'>): number | null {
  const last = points.at(-1)
  return last?.is_partial === true && points.length > 1 ? points.length - 1 : null
}
