import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useLocale } from '../i18n/use-text.ts'
import { type Column, nextSorting, sortRows, type Sorting } from './data-table.ts'
import style from './data-table.module.css'
import { Icon } from './icon.tsx'

type DataTableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly onOpen?: (row: Row) => void
  /** Called when the end comes into sight, for lists that are loaded in pages. */
  readonly onEnd?: (() => void) | undefined
  /** How many rows there are in all, where not all are loaded. */
  readonly total?: number
  readonly height?: string
}

const ROW_HEIGHT = 38

/** A table of any length. Arrows move between rows, Enter opens; only rows in sight are drawn. */
export function DataTable<Row>({ label, columns, rows, rowKey, onOpen, onEnd, total, height = '100%' }: DataTableProps<Row>) {
  const locale = useLocale()
  const scroll = useRef<HTMLDivElement>(null)
  const [sorting, setSorting] = useState<Sorting | null>(null)
  const [at, setAt] = useState(0)
  const sorted = sortRows(rows, columns, sorting, locale)
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 800, height: 600 },
  })
  const drawn = virtual.getVirtualItems()
  const last = drawn.at(-1)?.index ?? 0
  useEffect(() => {
    if (onEnd !== undefined && last >= sorted.length - 10) onEnd()
  }, [last, sorted.length, onEnd])

  const tracks = columns.map((it) => it.width).join(' ')
  const here = Math.min(at, Math.max(0, sorted.length - 1))

  const move = (index: number) => {
    const next = Math.max(0, Math.min(sorted.length - 1, index))
    setAt(next)
    virtual.scrollToIndex(next)
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[aria-rowindex="${next + 2}"]`)?.focus())
  }
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !(event.target instanceof HTMLElement) || event.target.role !== 'row') return
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      PageDown: here + page,
      PageUp: here - page,
      Home: 0,
      End: sorted.length - 1,
    }
    const next = steps[event.key]
    const row = sorted[here]
    if (next !== undefined) {
      event.preventDefault()
      move(next)
    } else if (event.key === 'Enter' && row !== undefined && onOpen !== undefined) {
      event.preventDefault()
      onOpen(row)
    }
  }

  return (
    <div className={style.table} style={{ height }}>
      <div ref={scroll} className={style.scroll} role="grid" aria-label={label} aria-rowcount={(total ?? sorted.length) + 1} onKeyDown={press}>
        <div role="row" aria-rowindex={1} className={`${style.row} ${style.head}`} style={{ gridTemplateColumns: tracks }}>
          {columns.map((column) => (
            <div
              key={column.key}
              role="columnheader"
              className={style.cell}
              data-align={column.align}
              aria-sort={sorting?.key === column.key ? (sorting.descending ? 'descending' : 'ascending') : undefined}
            >
              {column.sort === undefined ? (
                column.title
              ) : (
                <button type="button" className={style.sort} onClick={() => setSorting(nextSorting(sorting, column.key, column.align === 'end'))}>
                  {column.title}
                  <Icon name={sorting?.descending === true ? 'down' : 'up'} size={11} />
                </button>
              )}
            </div>
          ))}
        </div>
        <div role="rowgroup" className={style.body} style={{ height: virtual.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const row = sorted[index]
            if (row === undefined) return null
            return (
              <div
                key={rowKey(row)}
                role="row"
                aria-rowindex={index + 2}
                tabIndex={index === here ? 0 : -1}
                className={style.row}
                data-opens={onOpen !== undefined || undefined}
                style={{ gridTemplateColumns: tracks, transform: `translateY(${start}px)` }}
                onFocus={() => setAt(index)}
                onClick={() => onOpen?.(row)}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" className={style.cell} data-align={column.align}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
