import { useText } from '../i18n/use-text.ts'
import style from './grid.module.css'
import type { Row } from './rows.ts'

/** The name of a row, and what its numbers are. */
export function GridRowLabel({ row }: { readonly row: Row }) {
  const text = useText()
  return (
    <div role="rowheader" className={style.label}>
      {text(`map.row.${row.key}.name`)}
      <small>{text(`map.row.${row.key}.note`)}</small>
    </div>
  )
}
