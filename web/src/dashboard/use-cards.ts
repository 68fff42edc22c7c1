import { useQueries } from '@tanstack/react-query'
import { type Answer, type Narrow, reportAnswerQuery, type Tile } from '../api/dashboard.ts'
import { comparable, type Comparison, comparisonQuery, isComparable } from '../api/compare.ts'
import type { Report } from '../api/model.ts'
import { reportQuery, type StoredReport } from '../api/report.ts'
import { isRefusal } from '../lib/api-error.ts'
import { goesWith } from '../report/against.ts'
import { tileReport } from '../report/tiles.ts'

/** What a card shows. */
export type Card = {
  readonly tile: Tile
  /** The saved report that it follows. */
  readonly saved: StoredReport | undefined
  /** What is asked; none on a text, and while the saved report is not known. */
  readonly report: Report | null
  readonly answer: Answer | undefined
  /** Both sides, where the saved report is compared with something that the dashboard leaves as it is. */
  readonly comparison: Comparison | undefined
  readonly error: Error | null
  /** The saved report is there no more. */
  readonly isGone: boolean
  readonly isFetching: boolean
  readonly refetch: () => void
}

/** The cards of a dashboard with what they ask and its answers. Cards that ask the same share one answer. */
export function useCards(ws: string, tiles: readonly Tile[], narrow: Narrow): readonly Card[] {
  const ids = unique(tiles.flatMap(({ content }) => ('saved' in content ? [content.saved] : [])), (it) => it)
  const stored = useQueries({ queries: ids.map((id) => reportQuery(ws, id)) })
  const asked = tiles.map(({ content }) => {
    const saved = 'saved' in content ? stored[ids.indexOf(content.saved)] : undefined
    const own = 'report' in content ? content.report : (saved?.data?.report ?? null)
    return { saved, report: own === null ? null : tileReport(own, narrow) }
  })
  const reports = unique(asked.flatMap(({ report }) => report ?? []), keyOf)
  const keys = reports.map(keyOf)
  const sides = asked.map(({ saved, report }) => {
    const against = saved?.data?.against
    return report !== null && against != null && isComparable(report) && goesWith(against, report, narrow) ? { report: comparable(report), against } : null
  })
  const pairs = unique(sides.flatMap((it) => it ?? []), (it) => JSON.stringify(it))
  const pairKeys = pairs.map((it) => JSON.stringify(it))
  const compared = useQueries({ queries: pairs.map((it) => comparisonQuery(ws, it.report, it.against)) })
  const answers = useQueries({ queries: reports.map((report) => reportAnswerQuery(ws, report)) })
  return tiles.map((tile, index) => {
    const { saved, report = null } = asked[index] ?? {}
    const answer = report === null ? undefined : answers[keys.indexOf(keyOf(report))]
    const side = sides[index] ?? null
    const comparison = side === null ? undefined : compared[pairKeys.indexOf(JSON.stringify(side))]?.data
    return {
      tile,
      saved: saved?.data,
      report,
      answer: answer?.data,
      comparison,
      error: saved?.error ?? answer?.error ?? null,
      isGone: isRefusal(saved?.error, 'document.unknown'),
      isFetching: answer?.isFetching === true,
      refetch: () => void (saved?.error == null ? answer?.refetch() : saved.refetch()),
    }
  })
}

const keyOf = (report: Report) => JSON.stringify(report)

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((it) => [keyOf(it), it])).values()]
}

/** When the oldest of the answers was taken. */
export function oldestOf(cards: readonly Card[]): string | null {
  const taken = cards.flatMap((it) => it.answer?.taken ?? [])
  return taken.reduce<string | null>((oldest, it) => (oldest === null || it < oldest ? it : oldest), null)
}
