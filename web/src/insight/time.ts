import type { NamedMatcher, PeopleRule, Range, Rule } from '../api/model.ts'
import type { GaveUp, NthStays, Remaining, StageStays, StageTime } from '../api/stage-time.ts'

/** A question about time as the page asks it. */
export type TimeAsk = {
  readonly range: Range
  /** Steps of one's own; without them the stages of the vocabulary. */
  readonly own?: readonly NamedMatcher[]
  /** A stay ends when nothing happens for this long. */
  readonly silence?: string
  readonly filter?: Rule
  readonly people?: PeopleRule
}

export type TimeChange = { readonly [Key in keyof TimeAsk]?: TimeAsk[Key] | undefined }

export function changeTime(ask: TimeAsk, change: TimeChange): TimeAsk {
  const { range, own, silence, filter, people } = { ...ask, ...change }
  return {
    range: range ?? ask.range,
    ...(own === undefined ? {} : { own }),
    ...(silence === undefined ? {} : { silence }),
    ...(filter === undefined ? {} : { filter }),
    ...(people === undefined ? {} : { people }),
  }
}

/** The steps that can be asked for: those with a name. */
function named(own: readonly NamedMatcher[]): readonly NamedMatcher[] {
  return own.filter((it) => it.name.trim() !== '' && Object.keys(it.matcher).length > 0)
}

/** Two steps to be filled in: the time between two is asked most. */
export function twoSteps(nameOf: (number: number) => string): readonly NamedMatcher[] {
  return [1, 2].map((number) => ({ name: nameOf(number), matcher: {} }))
}

export type TimeLack = 'stages' | 'own'

/** What is still to be chosen before it can be asked. One step alone is never left for another. */
export function lackOfTime({ own }: TimeAsk, stagesCount: number): TimeLack | null {
  if (own === undefined) return stagesCount === 0 ? 'stages' : null
  return named(own).length < 2 ? 'own' : null
}

export function stageTimeOf({ range, own, silence, filter, people }: TimeAsk): StageTime {
  return {
    range,
    ...(own === undefined ? {} : { stages: named(own) }),
    ...(silence === undefined ? {} : { silence_max: silence }),
    ...(filter === undefined ? {} : { filter }),
    ...(people === undefined ? {} : { people }),
  }
}

/** How stays in a stage ended, or that they have not. */
export type Outcome = {
  readonly kind: 'next' | 'silent' | 'still_in'
  /** The next stage. */
  readonly to: string | null
  readonly times: number
  readonly profiles: number
  /** Of all stays in the stage. */
  readonly share: number
}

export type StayRow = {
  readonly id: string
  readonly name: string
  readonly times: number
  readonly profiles: number
  readonly quarter: number | null
  readonly median: number | null
  readonly threeQuarters: number | null
  /** Nine of ten have left by then. */
  readonly p90: number | null
  /** The share that is still there, where the server tells it. */
  readonly curve: readonly Remaining[]
  /** The share that has given up; empty where silence ended no stay. */
  readonly gaveUp: readonly GaveUp[]
  /** The most frequent next stage first, then silence, then those that are still there. */
  readonly outcomes: readonly Outcome[]
}

export function stayRows(stages: readonly StageStays[]): StayRow[] {
  return stages.map(({ stage, stays, still_in, silent, next, quarter_ms, median_ms, three_quarters_ms, p90_ms, curve, gave_up }) => {
    const share = (times: number) => (stays.times === 0 ? 0 : times / stays.times)
    const ended = next.map(({ to, passes }): Outcome => ({ kind: 'next', to, ...passes, share: share(passes.times) }))
    const rest = [
      { kind: 'silent', to: null, ...silent, share: share(silent.times) },
      { kind: 'still_in', to: null, ...still_in, share: share(still_in.times) },
    ] satisfies Outcome[]
    return {
      id: stage.id,
      name: stage.name,
      times: stays.times,
      profiles: stays.profiles,
      quarter: quarter_ms ?? null,
      median: median_ms ?? null,
      threeQuarters: three_quarters_ms ?? null,
      p90: p90_ms ?? null,
      curve,
      gaveUp: gave_up,
      outcomes: [...ended, ...rest.filter((it) => it.times > 0)],
    }
  })
}

/** One of the parts that all stays of a number fall into. */
export type NthShare = { readonly part: 'next' | 'silent' | 'still_in'; readonly profiles: number; readonly share: number }

/** How the first, second and later stays of profiles ended; the shares of a row add up to one. */
export function nthShares(row: NthStays): readonly NthShare[] {
  return (['next', 'silent', 'still_in'] as const).map((part) => ({ part, profiles: row[part].profiles, share: row[part].times / row.stays.times }))
}

/** The quarters of a curve, as far as it falls: where its line is labeled. */
export function quartersOf({ quarter, median, threeQuarters }: StayRow): readonly number[] {
  return [quarter, median, threeQuarters].filter((ms) => ms !== null)
}
