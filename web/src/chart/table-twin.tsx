import { type ReactNode, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from '../ui/button.tsx'
import style from './table-twin.module.css'

export type Twin = {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type TableTwinProps = { readonly label: string; readonly twin: Twin; readonly children: ReactNode }

/** A drawing and, behind a button, the same numbers as a table. */
export function TableTwin({ label, twin, children }: TableTwinProps) {
  const text = useText()
  const [isTable, setTable] = useState(false)
  return (
    <div className={style.twin}>
      <div className={style.switch}>
        <IconButton
          size="s"
          icon={isTable ? 'live' : 'list'}
          label={isTable ? text('chart.asDrawing') : text('chart.asTable')}
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        />
      </div>
      {isTable ? (
        <div className={style.scroll} tabIndex={0} role="region" aria-label={label} data-picture={label}>
          <table className={style.table}>
            <caption className="visually-hidden">{label}</caption>
            <thead>
              <tr>
                {twin.head.map((it) => (
                  <th key={it} scope="col">
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {twin.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) =>
                    column === 0 ? (
                      <th key={column} scope="row">
                        {cell}
                      </th>
                    ) : (
                      <td key={column}>{cell}</td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div data-picture={label}>{children}</div>
      )}
    </div>
  )
}
