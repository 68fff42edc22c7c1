import type { GapBin, PromiseCounts, PromisePart } from '../api/promises.ts'

/** Parts of all objects, the ones that ask for somebody first; together they are all. */
export const promiseParts = ['overdue', 'late', 'on_time', 'early', 'pending', 'released', 'untold'] as const satisfies readonly PromisePart[]

/** A share of fewer is not to be relied on. */
const FEW = 30

/** The share of objects that are late among those that are due. */
export function lateShare({ due, due_late }: Pick<PromiseCounts, 'due' | 'due_late'>): { readonly share: number; readonly isSmall: boolean } | null {
  return due.objects === 0 ? null : { share: due_late.objects / due.objects, isSmall: due.objects < FEW }
}

type Point = { readonly point: { readonly is_partial: boolean }; readonly counts: Pick<PromiseCounts, 'pending'> }

/** The first period whose promises are not all due, so that its share may still rise. The range may cut the first period of all, which says nothing of that. */
export function openFrom(points: readonly Point[]): number | null {
  const open = points.findIndex((it, index) => it.counts.pending.objects > 0 || (index > 0 && it.point.is_partial))
  return open < 0 ? null : open
}

export type Bar = { readonly index: number; readonly bin: GapBin; readonly share: number; readonly side: 'before' | 'after' }

/** The bins as bars beside the longest; a bin that lies before the promise as a whole is on its good side. */
export function barsOf(gaps: readonly GapBin[]): Bar[] {
  const most = Math.max(1, ...gaps.map((it) => it.kept.objects))
  return gaps.map((bin, index) => ({ index, bin, share: bin.kept.objects / most, side: bin.upto_ms != null && bin.upto_ms <= 0 ? 'before' : 'after' }))
}
