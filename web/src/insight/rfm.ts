import type { Rfm, RfmAnswer, RfmCell, RfmScore, RfmSelect } from '../api/rfm.ts'
import { SMALL } from './funnel.ts'

export const scores = [1, 2, 3, 4, 5] as const

/** Shades that cells have. */
const HEATS = 6

/** One place of the grid; where nobody is there is no cell. */
export type RfmPlace = { readonly recency: number; readonly frequency: number; readonly cell: RfmCell | null; readonly share: number; readonly heat: number; readonly isSmall: boolean }

/** The grid as it is drawn: the most frequent on top, the most recent to the right. */
export function rfmGrid(answer: RfmAnswer): readonly (readonly RfmPlace[])[] {
  const most = Math.max(1, ...answer.cells.map((it) => it.profiles))
  return scores.toReversed().map((frequency) =>
    scores.map((recency) => {
      const cell = answer.cells.find((it) => it.recency === recency && it.frequency === frequency) ?? null
      const profiles = cell?.profiles ?? 0
      return {
        recency,
        frequency,
        cell,
        share: answer.total.profiles === 0 ? 0 : profiles / answer.total.profiles,
        heat: Math.min(HEATS - 1, Math.floor((HEATS * profiles) / most)),
        isSmall: profiles < SMALL,
      }
    }),
  )
}

/** The score of a measure; none where nobody has it. */
export function scoreOf(all: readonly RfmScore[], score: number): RfmScore | null {
  return all.find((it) => it.score === score) ?? null
}

/** Names the customers behind a number. */
export function customersOf(rfm: Rfm) {
  const of = { report: { kind: 'rfm' as const, ...rfm } }
  return (title: string, select: Partial<RfmSelect>) => ({ of, title, select: { kind: 'rfm', ...select } })
}
