import type { ReactNode } from 'react'
import { useText } from '../i18n/use-text.ts'
import style from './wide-table.module.css'

type WideTableProps = {
  /** What the table is of. */
  readonly name: string
  readonly className?: string | undefined
  /** The head of the first column, which says what a line is. */
  readonly first: string
  /** Heads of the columns of words that follow it. */
  readonly words?: readonly string[]
  /** Heads of the columns of numbers. */
  readonly heads: readonly string[]
  /** The lines. */
  readonly children: ReactNode
}

/** A table of numbers that may be wider than its room, with a name for each line. */
export function WideTable({ name, className, first, words = [], heads, children }: WideTableProps) {
  const text = useText()
  return (
    <div className={style.scroll} tabIndex={0} role="region" aria-label={text('retention.tableOf', { name })}>
      <table className={className === undefined ? style.table : `${style.table} ${className}`} aria-label={name}>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {words.map((it) => (
              <th key={it} scope="col">
                {it}
              </th>
            ))}
            {heads.map((it) => (
              <th key={it} scope="col" data-number>
                {it}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
