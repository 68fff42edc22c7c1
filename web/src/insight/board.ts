import type { AtStage, Board, ChannelLine, ChannelMeetings, StageLine } from '../api/channels.ts'
import { takesAll } from '../ui/matcher.ts'
import { SMALL } from './funnel.ts'

/** It can be asked once it says what a conversion is. */
export function isAskable(board: Board): boolean {
  return !takesAll(board.goal)
}

/** A part of a whole; none of nothing. */
export type Part = { readonly part: number; readonly whole: number; readonly share: number | null; readonly isSmall: boolean }

export function partOf(part: number, whole: number): Part {
  return { part, whole, share: whole === 0 ? null : part / whole, isSmall: whole < SMALL }
}

/** The shares of a channel. They are derived here, never sent. */
export type BoardShares = {
  /** Of the contacts whose time for an answer is over. */
  readonly answered: Part
  readonly returned: Part
  /** Of the profiles whose time to convert is over. */
  readonly converted: Part
  /** Of the profiles that asked for help and whose time for a repeat is over. */
  readonly repeated: Part
}

export function boardShares(meetings: ChannelMeetings): BoardShares {
  return {
    answered: partOf(meetings.answered.times, meetings.answerable.times),
    returned: partOf(meetings.returned.times, meetings.answerable.times),
    converted: partOf(meetings.converted, meetings.mature),
    repeated: partOf(meetings.repeated.profiles, meetings.service.profiles),
  }
}

/** The largest reach of all lines, which bars are measured by. */
export function largestReach(lines: readonly ChannelLine[]): number {
  return Math.max(1, ...lines.map((it) => it.meetings.events.profiles))
}

export type StageGroup = { readonly at: AtStage; readonly lines: readonly StageLine[] }

/** Lines of one stage under each other, in the order of the answer. */
export function stageGroups(lines: readonly StageLine[]): StageGroup[] {
  const groups: { at: AtStage; lines: StageLine[] }[] = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last !== undefined && stageKey(last.at) === stageKey(line.at)) last.lines.push(line)
    else groups.push({ at: line.at, lines: [line] })
  }
  return groups
}

/** Stands for a stage where a plain text is needed. */
export function stageKey(at: AtStage): string {
  return typeof at === 'string' ? at : `stage:${at.stage}`
}
