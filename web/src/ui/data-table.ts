import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly key: string
  readonly title: string
  /** A track of CSS grid, like `2fr` or `96px`. */
  readonly width: string
  readonly align?: 'start' | 'end'
  readonly cell: (row: Row) => ReactNode
  /** What the column is sorted by, where it can be. */
  readonly sort?: (row: Row) => number | string
}

export type Sorting = { readonly key: string; readonly descending: boolean }

/** Numbers sort from the largest first, texts from the first letter. */
export function nextSorting(now: Sorting | null, key: string, isNumber: boolean): Sorting | null {
  if (now?.key !== key) return { key, descending: isNumber }
  return now.descending === isNumber ? { key, descending: !isNumber } : null
}

/** Rows in the order asked for; equal ones keep the order that they came in. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | null, locale: string): readonly Row[] {
  const by = columns.find((it) => it.key === sorting?.key)?.sort
  if (sorting === null || by === undefined) return rows
  const collator = new Intl.Collator(locale, { numeric: true })
  const sign = sorting.descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)]
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)))
  })
}
