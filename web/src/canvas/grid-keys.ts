export type Cell = { readonly row: number; readonly column: number }

/** Where the focus goes in a grid of cells when a key is pressed; `null` when the key does not move it. */
export function moveInGrid(at: Cell, key: string, withControl: boolean, rows: number, columns: number): Cell | null {
  const to = (row: number, column: number): Cell => ({
    row: Math.max(0, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  })
  switch (key) {
    case 'ArrowRight':
      return to(at.row, at.column + 1)
    case 'ArrowLeft':
      return to(at.row, at.column - 1)
    case 'ArrowDown':
      return to(at.row + 1, at.column)
    case 'ArrowUp':
      return to(at.row - 1, at.column)
    case 'Home':
      return to(withControl ? 0 : at.row, 0)
    case 'End':
      return to(withControl ? rows - 1 : at.row, columns - 1)
    case 'PageDown':
      return to(rows - 1, at.column)
    case 'PageUp':
      return to(0, at.column)
    default:
      return null
  }
}
