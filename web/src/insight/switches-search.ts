import type { Switches } from '../api/channels.ts'
import { isRecord, oneOf, textOf } from '../lib/read.ts'
import { isPeoplePart } from '../ui/people-rule.ts'
import { type Measure, measures, type Pair, readPair } from './switches.ts'

/** The report and what is looked at stand in the URL, so that a link shows the same. What is left out is the usual. */
export type SwitchesSearch = {
  readonly ask?: Switches
  /** A stage, as `stageKey` writes it. */
  readonly at?: string
  readonly show?: Measure
  /** The pair whose details are open. */
  readonly pair?: string
}

export function readSwitchesSearch(search: Record<string, unknown>): SwitchesSearch {
  const ask = search['ask']
  const at = textOf(search, 'at')
  const show = oneOf(search, 'show', measures)
  const pair = textOf(search, 'pair')
  return {
    ...(isSwitches(ask) ? { ask } : {}),
    ...(at === undefined ? {} : { at }),
    ...(show === undefined ? {} : { show }),
    ...(pair === undefined || pairOf(pair) === undefined ? {} : { pair }),
  }
}

export function pairOf(pair: string | undefined): Pair | undefined {
  return pair === undefined ? undefined : readPair(pair)
}

/** Enough of the shape to draw it; the server checks the rest and says what is wrong. */
function isSwitches(value: unknown): value is Switches {
  if (!isRecord(value) || !isRecord(value['range']) || !isPeoplePart(value['people'])) return false
  const { goal, contacts } = value
  return [goal, contacts].every((it) => it === undefined || it === null || isRecord(it))
}
