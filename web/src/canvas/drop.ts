/** A column that things can be dropped before or behind. */
export type Column = { readonly left: number; readonly width: number }

/** Before which column a thing falls that is let go at `x`; the count of columns means behind the last. */
export function dropIndex(x: number, columns: readonly Column[]): number {
  const index = columns.findIndex(({ left, width }) => x < left + width / 2)
  return index === -1 ? columns.length : index
}
