import type { Answer } from '../api/dashboard.ts'
import type { Label } from '../api/funnel.ts'

type Numbers = Extract<Answer['numbers'], { readonly kind: 'counts' }>

export type CountRow = {
  readonly key: string
  /** The name of the series; none for the rest. */
  readonly name: string | null
  readonly label: Label | null
  readonly events: number
  readonly profiles: number
  /** Of the longest row. */
  readonly reaches: number
}

/** Series side by side, the largest first and the rest last; empty when there is only one without a label. */
export function countRows({ series }: Numbers): CountRow[] {
  const first = series[0]
  if (first === undefined || (series.length === 1 && first.label == null)) return []
  const most = Math.max(1, ...series.map((it) => it.total.events))
  const names = new Set(series.map((it) => JSON.stringify(it.name)))
  const rows = series.map(({ name, label, total }): CountRow => ({
    key: JSON.stringify([name, label]),
    // One name for all says nothing beside the labels.
    name: name === 'rest' || (names.size === 1 && label != null) ? null : name.name,
    label: label ?? null,
    ...total,
    reaches: total.events / most,
  }))
  const isRest = (it: CountRow) => Number(it.label === 'rest' || (it.name === null && it.label === null))
  return rows.toSorted((a, b) => isRest(a) - isRest(b) || b.events - a.events)
}
