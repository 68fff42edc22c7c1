import type { HeatAxis, HeatCell, Heatmap, HeatPart, HeatPlace } from '../api/heatmap.ts'
import { SMALL } from './funnel.ts'

/** Tables that the page offers: the hours of a week, steps by groups of people, two fields. */
export const heatShapes = ['week', 'steps', 'fields'] as const
export type HeatShape = (typeof heatShapes)[number]

/** What a cell shows. */
export const heatMeasures = ['events', 'profiles', 'per_hour', 'converted'] as const
export type HeatMeasure = (typeof heatMeasures)[number]

export function rowsOf(heatmap: Heatmap): HeatAxis {
  return heatmap.rows ?? 'weekday'
}

export function columnsOf(heatmap: Heatmap): HeatAxis {
  return heatmap.columns ?? 'hour'
}

export function isClock(axis: HeatAxis): boolean {
  return axis === 'hour' || axis === 'weekday'
}

export function shapeOf(heatmap: Heatmap): HeatShape {
  const axes = [rowsOf(heatmap), columnsOf(heatmap)]
  if (axes.every(isClock)) return 'week'
  return axes.some((it) => typeof it === 'object' && ('steps' in it || 'people' in it)) ? 'steps' : 'fields'
}

/** Measures that mean something: only clocks have hours, and only a goal has conversions. */
export function measuresFor(heatmap: Heatmap): HeatMeasure[] {
  const hasClock = isClock(rowsOf(heatmap)) || isClock(columnsOf(heatmap))
  return heatMeasures.filter((it) => (it === 'per_hour' ? hasClock : it === 'converted' ? heatmap.goal != null : true))
}

/** The measure that is asked for, or the first that can be shown. */
export function measureOf(heatmap: Heatmap, wanted: HeatMeasure | undefined): HeatMeasure {
  const measures = measuresFor(heatmap)
  if (wanted !== undefined && measures.includes(wanted)) return wanted
  return measures.includes('per_hour') ? 'per_hour' : 'profiles'
}

/** It can be asked once its axes have places. */
export function isAskable(heatmap: Heatmap): boolean {
  return [rowsOf(heatmap), columnsOf(heatmap)].every((axis) => typeof axis === 'string' || 'field' in axis || ('steps' in axis ? axis.steps.length > 0 : axis.people.length > 0))
}

/** The number of a cell; none where nothing can be said. */
export function valueOf(cell: HeatCell, measure: HeatMeasure): number | null {
  switch (measure) {
    case 'events':
      return cell.events
    case 'profiles':
      return cell.profiles
    case 'per_hour':
      return cell.per_hour ?? null
    case 'converted':
      return cell.mature === 0 ? null : cell.converted / cell.mature
  }
}

/** Whose people a cell opens by its measure. */
export function partOf(measure: HeatMeasure): HeatPart {
  return measure === 'converted' ? 'converted' : 'met'
}

export function isSmall(cell: HeatCell, measure: HeatMeasure): boolean {
  return measure === 'converted' && cell.mature < SMALL
}

/** Steps of the color scale; 0 is empty. */
export const HEAT_STEPS = 5

/** Where a value lies between nothing and the largest of the table. */
export function heatOf(value: number | null, largest: number): number {
  if (value === null || value <= 0 || largest <= 0) return 0
  return Math.max(1, Math.ceil((value / largest) * HEAT_STEPS))
}

/** The largest value of all cells, which the scale ends at; small groups do not stretch it. */
export function largestOf(rows: readonly { readonly cells: readonly HeatCell[] }[], measure: HeatMeasure): number {
  const values = rows.flatMap((row) => row.cells.filter((it) => !isSmall(it, measure)).map((it) => valueOf(it, measure) ?? 0))
  return Math.max(0, ...values)
}

/** Rows and columns that have anything; a clock keeps all of its own. */
export function shownPlaces<Of extends { readonly place: HeatPlace; readonly total: HeatCell }>(axis: HeatAxis, list: readonly Of[]): number[] {
  const all = list.map((_, index) => index)
  return isClock(axis) || (typeof axis === 'object' && !('field' in axis)) ? all : all.filter((index) => (list[index]?.total.events ?? 0) > 0)
}

/** Stages in the order in which they follow each other; what is no stage comes last. Other fields stay as the answer has them. */
export function inOrder(axis: HeatAxis, indexes: readonly number[], placeOf: (index: number) => HeatPlace | undefined, stages: readonly string[]): number[] {
  if (typeof axis !== 'object' || !('field' in axis) || axis.field !== 'stage') return [...indexes]
  const rank = (index: number) => {
    const place = placeOf(index)
    const value = place !== undefined && 'label' in place && typeof place.label === 'object' ? place.label.value : undefined
    const found = stages.indexOf(String(value))
    return found < 0 ? stages.length : found
  }
  return indexes.toSorted((a, b) => rank(a) - rank(b) || a - b)
}

/** Where the focus goes with a key, as in any grid. */
export function moveFocus(key: string, at: readonly [number, number], rows: number, columns: number): [number, number] | null {
  const [row, column] = at
  const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))
  switch (key) {
    case 'ArrowUp':
      return [clamp(row - 1, rows), column]
    case 'ArrowDown':
      return [clamp(row + 1, rows), column]
    case 'ArrowLeft':
      return [row, clamp(column - 1, columns)]
    case 'ArrowRight':
      return [row, clamp(column + 1, columns)]
    case 'Home':
      return [row, 0]
    case 'End':
      return [row, columns - 1]
    case 'PageUp':
      return [0, column]
    case 'PageDown':
      return [rows - 1, column]
    default:
      return null
  }
}
