import type { AtStage, Leaving, Switching, SwitchesAnswer } from '../api/channels.ts'
import { type Channel, channels } from '../api/model.ts'
import { SMALL } from './funnel.ts'
import { stageKey } from './board.ts'

/** Which number each cell of the matrix shows. */
export const measures = ['switches', 'difference', 'lost', 'gap'] as const
export type Measure = (typeof measures)[number]

/** One place of the matrix. */
export type Pair = { readonly from: Channel; readonly to: Channel }

export type Matrix = {
  /** Channels that profiles acted in, in the order of the product. */
  readonly channels: readonly Channel[]
  readonly cellAt: (from: Channel, to: Channel) => Switching | undefined
  readonly leavingOf: (from: Channel) => Leaving | undefined
}

/** The cells of one stage as a table. */
export function matrixOf(answer: SwitchesAnswer, at: AtStage): Matrix {
  const key = stageKey(at)
  const cells = answer.switches.filter((it) => stageKey(it.at) === key)
  const leaves = answer.leaves.filter((it) => stageKey(it.at) === key)
  const met = new Set<Channel>([...leaves.map((it) => it.from), ...cells.map((it) => it.to)])
  return {
    channels: channels.filter((it) => met.has(it)),
    cellAt: (from, to) => cells.find((it) => it.from === from && it.to === to),
    leavingOf: (from) => leaves.find((it) => it.from === from),
  }
}

/** The stages that have a table, all of them first. */
export function stagesOf(answer: SwitchesAnswer): AtStage[] {
  const has = new Set(answer.leaves.map((it) => stageKey(it.at)))
  const all: AtStage[] = ['any', 'before', ...answer.stages.map((it) => ({ stage: it.id }))]
  return all.filter((it) => has.has(stageKey(it)))
}

export type CellLook = {
  readonly value: number | null
  /** Steps of the scale: loss is warm, gain is cool, more is deeper. */
  readonly warm: number
  readonly cool: number
  readonly isSmall: boolean
}

/** True when too few were compared for the difference to be told as a finding. */
export function isSmall(cell: Switching): boolean {
  return (cell.against?.profiles ?? cell.outcome.mature) < SMALL
}

/** What a cell shows, and how strongly. `top` is the largest value of the table. */
export function cellLook(cell: Switching, measure: Measure, top: number): CellLook {
  const small = isSmall(cell)
  const step = (value: number, steps: number) => (value <= 0 || top <= 0 ? 0 : Math.max(1, Math.min(steps, Math.ceil((value / top) * steps))))
  switch (measure) {
    case 'switches':
      return { value: cell.switches.times, warm: step(cell.switches.times, 5), cool: 0, isSmall: false }
    case 'gap':
      return { value: cell.median_ms, warm: step(cell.median_ms, 5), cool: 0, isSmall: false }
    default: {
      const value = valueOf(cell, measure)
      if (value === null || small) return { value, warm: 0, cool: 0, isSmall: true }
      const loss = measure === 'lost' ? value : -value
      return { value, warm: step(loss, 5), cool: step(-loss, 3), isSmall: false }
    }
  }
}

function valueOf(cell: Switching, measure: Measure): number | null {
  switch (measure) {
    case 'switches':
      return cell.switches.times
    case 'gap':
      return cell.median_ms
    case 'difference':
      return cell.against?.difference ?? null
    case 'lost':
      return cell.against?.lost ?? null
  }
}

/** The value at which the scale ends; small cells have no say. */
export function topOf(matrix: Matrix, measure: Measure): number {
  const values = matrix.channels.flatMap((from) =>
    matrix.channels.flatMap((to) => {
      const cell = matrix.cellAt(from, to)
      if (cell === undefined || ((measure === 'difference' || measure === 'lost') && isSmall(cell))) return []
      return [Math.abs(valueOf(cell, measure) ?? 0)]
    }),
  )
  return Math.max(0, ...values)
}

/** True when the interval of the difference lies on one side of zero. */
export function isClear(cell: Switching): boolean {
  const interval = cell.against?.interval
  return interval !== undefined && !isSmall(cell) && (interval.high < 0 || interval.low > 0)
}

/** The pairs in one stage that lose most people, of those that are clear, the worst first. */
export function worstPairs(answer: SwitchesAnswer, count: number): Switching[] {
  const lost = (it: Switching) => it.against?.lost ?? 0
  return answer.switches
    .filter((it) => it.at !== 'any' && isClear(it) && lost(it) > 0)
    .sort((a, b) => lost(b) - lost(a))
    .slice(0, count)
}

/** How a pair is written in the address. */
export function writePair({ from, to }: Pair): string {
  return `${from}.${to}`
}

export function readPair(text: string): Pair | undefined {
  const [from, to] = text.split('.').map((name) => channels.find((it) => it === name))
  return from !== undefined && to !== undefined && from !== to ? { from, to } : undefined
}

/** Ends of the lengths that the server counts gaps in; the last has none. */
export const gapEnds = [60_000, 300_000, 1_800_000, 7_200_000, 43_200_000, 86_400_000, 259_200_000] as const
