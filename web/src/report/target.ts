import type { NumberForm, StepNumber, TargetBound, TargetOf } from '../api/target.ts'

export const stepNumbers = ['people', 'share', 'from_previous_share', 'goal_share', 'return_share', 'exit_share'] as const satisfies readonly StepNumber[]

export type Side = 'at_least' | 'at_most'

/** Which side a bound is on, and where. */
export function sideOf(bound: TargetBound): { readonly side: Side; readonly value: number } {
  return 'at_least' in bound ? { side: 'at_least', value: bound.at_least } : { side: 'at_most', value: bound.at_most }
}

export function boundOf(side: Side, value: number): TargetBound {
  return side === 'at_least' ? { at_least: value } : { at_most: value }
}

const HOUR_MS = 3_600_000

/** What people write a number in: shares in percent, spans in hours. */
export function scaleOf(form: NumberForm): number {
  if (form === 'share') return 0.01
  return form === 'span' ? HOUR_MS : 1
}

/** A number as it stands in a field; rounded, so that 0.07 is 7 and not 7.000000000000001. */
export function written(value: number, form: NumberForm): string {
  return String(Number((value / scaleOf(form)).toFixed(6)))
}

/** Reads a field; none when it holds no number. */
export function read(words: string, form: NumberForm): number | null {
  const number = Number(words.trim().replace(',', '.'))
  return words.trim() === '' || !Number.isFinite(number) ? null : Number((number * scaleOf(form)).toFixed(9))
}

/** The form of a step's number. */
export function formOfStep(number: StepNumber): NumberForm {
  return number === 'people' ? 'count' : 'share'
}

/** Where a target is measured: a saved report or a map, by its id. */
export function placeOfTarget(of: TargetOf): { readonly kind: 'report' | 'map'; readonly id: string } {
  if ('figure' in of) return { kind: 'report', id: of.figure.report }
  return 'series' in of ? { kind: 'report', id: of.series.report } : { kind: 'map', id: of.step.map }
}

/** A key of a number among those of one report or map. */
export function keyOfTarget(of: TargetOf): string {
  if ('figure' in of) return `figure ${of.figure.figure}`
  return 'series' in of ? `series ${of.series.series}` : `${of.step.number} ${of.step.step}`
}
