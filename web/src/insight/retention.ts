import type { Range } from '../api/model.ts'
import type { LifecyclePeriod, PeriodUnit, Retention, RetentionColumn, RetentionLine, ReturnQuestion, Returns, StickinessPeriod } from '../api/retention.ts'
import { never } from '../lib/never.ts'
import { SMALL } from './funnel.ts'

export type View = ReturnQuestion['kind']

export const views = ['retention', 'stickiness', 'lifecycle'] as const satisfies readonly View[]

/** What is asked before anyone has chosen: everyone who did anything, by weeks. */
export function usual(view: View, range: Range): ReturnQuestion {
  switch (view) {
    case 'retention':
      return { kind: view, range, start: {}, period: 'week', periods_count: 8 }
    case 'stickiness':
      return { kind: view, range, period: 'week', unit: 'day' }
    case 'lifecycle':
      return { kind: view, range, period: 'week' }
    default:
      return never(view)
  }
}

/** Another look at the same: the range, the filter, the people and the first day of the week go along. */
export function switched(question: ReturnQuestion, view: View): ReturnQuestion {
  if (question.kind === view) return question
  const { filter, people, week_start } = question
  const kept = { ...(filter === undefined ? {} : { filter }), ...(people === undefined ? {} : { people }), ...(week_start === undefined ? {} : { week_start }) }
  return { ...usual(view, question.range), ...kept }
}

/** Units that are shorter than a period. */
export function unitsOf(period: PeriodUnit): readonly PeriodUnit[] {
  const units = ['hour', 'day', 'week', 'month'] as const satisfies readonly PeriodUnit[]
  return units.slice(0, Math.max(1, units.indexOf(period)))
}

/** A retention whose choices agree with each other. */
export function agreed(retention: Retention): Retention {
  const cannotRoll = retention.clock === 'rolling' && retention.period === 'month'
  return cannotRoll ? { ...retention, clock: 'calendar' } : retention
}

/** Reads brackets like `1-7, 8-30`; none when they are not. */
export function readBrackets(words: string): readonly { readonly from: number; readonly to: number }[] | null {
  const found = words.split(/[,，、;]/).map((part) => /^\s*(\d{1,4})\s*(?:[-–~～]\s*(\d{1,4}))?\s*$/.exec(part))
  const brackets = found.flatMap((it) => (it === null ? [] : [{ from: Number(it[1]), to: Number(it[2] ?? it[1]) }]))
  const rises = brackets.every((it, index) => it.from <= it.to && it.from > (brackets[index - 1]?.to ?? -1))
  return brackets.length === found.length && rises ? brackets : null
}

export function writeBrackets(brackets: readonly { readonly from: number; readonly to: number }[]): string {
  return brackets.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}

/** The periods of a column, like `3`, `3+` or `1–7`. */
export function columnName({ from, to }: RetentionColumn): string {
  if (to === null || to === undefined) return `${from}+`
  return from === to ? String(from) : `${from}–${to}`
}

export type CellLook = {
  /** Share of those whose time is over, or else of all so far; none of nobody. */
  readonly share: number | null
  /** How many came back, of the same. */
  readonly part: number
  readonly whole: number
  /** Whose share it is: `over`, or `open` when nobody's time is over yet. */
  readonly basis: 'over' | 'open'
  /** True when the time of some is not over. */
  readonly isOpen: boolean
  readonly isSmall: boolean
  /** From 0 to 5; none where a color would promise too much. */
  readonly heat: number | null
}

/** What a cell shows. */
export function cellLook(cell: Returns): CellLook {
  const basis = cell.whole > 0 || cell.open === 0 ? 'over' : 'open'
  const [part, whole] = basis === 'over' ? [cell.part, cell.whole] : [cell.open_back, cell.open]
  const share = whole === 0 ? null : part / whole
  const isOpen = cell.open > 0
  const isSmall = whole < SMALL
  return { share, part, whole, basis, isOpen, isSmall, heat: share === null || isSmall || basis === 'open' ? null : heatOf(share) }
}

/** Steps of the color, closer together below, where most shares lie. */
function heatOf(share: number): number {
  return [0.05, 0.15, 0.3, 0.5, 0.7].filter((bound) => share >= bound).length
}

/** Lines of values that are told with their own cohorts; the others are too many to. */
export function toldLines(lines: readonly RetentionLine[]): readonly RetentionLine[] {
  return lines.filter((it) => it.cohorts !== null && it.cohorts !== undefined)
}

/** Points of the curve: columns in which anyone's time is over. */
export function curvePoints(columns: readonly RetentionColumn[], cells: readonly Returns[]): readonly { readonly day: string; readonly value: number }[] {
  return columns.flatMap((column, index) => {
    const cell = cells[index]
    return cell === undefined || cell.whole === 0 ? [] : [{ day: columnName(column), value: (100 * cell.part) / cell.whole }]
  })
}

/** The share of a period's profiles that is active in an average unit; none when nobody was active. */
export function stickyRatio(period: StickinessPeriod): number | null {
  return period.profiles === 0 ? null : period.active_units / period.profiles / period.units
}

/** New and resurrecting for each that fell dormant; none when nobody did. */
export function pulse(period: LifecyclePeriod): number | null {
  return period.dormant === 0 ? null : (period.new + period.resurrecting) / period.dormant
}

/** Cohorts without those at the start of the range that were over before anything was collected. */
export function knownCohorts<T extends { readonly to: string }>(cohorts: readonly T[], knownFrom: string | null | undefined): readonly T[] {
  if (knownFrom === null || knownFrom === undefined) return cohorts
  return cohorts.filter((it) => Date.parse(it.to) > Date.parse(knownFrom))
}
