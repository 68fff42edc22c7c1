import type { Matcher, NamedMatcher, PeopleRule, Range, Rule } from '../api/model.ts'

/** Where paths are aligned: at their start, at an event, or at both ends. */
export const pathsModes = ['start', 'after', 'before', 'around', 'between'] as const
export type PathsMode = (typeof pathsModes)[number]

/** What a path is made of. */
export const pathsBys = ['touchpoint', 'event', 'channel', 'stage', 'field', 'own'] as const
export type PathsBy = (typeof pathsBys)[number]

/** A question about paths as the page asks it. */
export type PathsAsk = {
  readonly range: Range
  readonly mode: PathsMode
  readonly by: PathsBy
  /** The event that paths begin at, end at or pass. */
  readonly anchor?: Matcher
  /** The event that they end at, between two. */
  readonly goal?: Matcher
  /** Which of the events that fit counts, by its number from 1; none means each one. */
  readonly occurrence?: number | 'last'
  /** Whether only the last steps before the event count, however long the way was. */
  readonly tail?: true
  /** Steps of one's own, when paths are made of these. */
  readonly own?: readonly NamedMatcher[]
  /** The field whose values paths are made of, when they are. */
  readonly field?: string
  /** How many places are drawn. */
  readonly length: number
  /** How many elements of each place have a name. */
  readonly branches: number
  /** How many ways are listed. */
  readonly top: number
  /** Whether the same twice in a row counts twice. */
  readonly repeats?: true
  /** A longer pause ends a path; without one a path is all that a profile did. */
  readonly pause?: string
  readonly filter?: Rule
  readonly people?: PeopleRule
}
