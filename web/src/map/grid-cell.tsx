import { type CSSProperties, memo, useContext } from 'react'
import type { StepNumbers } from '../api/map.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import { never } from '../lib/never.ts'
import { ChannelMix } from '../ui/channel.tsx'
import { Count } from '../ui/count.tsx'
import { Meter } from '../ui/meter.tsx'
import { useEditor, useEditorState } from './editor.ts'
import style from './grid.module.css'
import { type Heat, heatLevel, heatValue } from './heat.ts'
import { MapPeopleContext } from './map-people.ts'
import type { Row, RowKey } from './rows.ts'
import { selectStep } from './select.ts'
import { spanWords } from './step-name.ts'
import { WrittenCell } from './written-cell.tsx'

type GridCellProps = {
  readonly row: Row
  readonly step: string
  readonly title: string
  /** Index of the row in the keyboard's grid. */
  readonly at: number
  readonly column: number
  readonly opens: boolean
}

const heatRows: Readonly<Record<Heat, RowKey | null>> = { none: null, loss: 'exits', time: 'leave', returns: 'returns' }

/** One cell. It watches its own step only, so that a map of any size answers at once. */
export const GridCell = memo(function GridCell({ row, step, title, at, column, opens }: GridCellProps) {
  const editor = useEditor()
  const numbers = useEditorState((state) => state.steps[step])
  const level = useEditorState((state) => {
    const own = state.steps[step]
    return own === undefined || heatRows[state.heat] !== row.key ? 0 : heatLevel(heatValue(own, state.heat), state.heatBounds)
  })
  const isHere = useEditorState((state) => state.at.row === at && state.at.column === column)
  const heat: CSSProperties & Partial<Record<'--heat', string>> = level === 0 ? {} : { '--heat': `var(--heat-${level})` }
  const shared = {
    role: 'gridcell',
    tabIndex: isHere ? 0 : -1,
    'data-row': at,
    'data-column': column,
    onFocus: () => editor.act({ kind: 'go', at: { row: at, column } }),
  }
  const classes = [style.cell, opens && style.opens, level > 0 && style.heat].filter(Boolean).join(' ')
  switch (row.key) {
    case 'people':
    case 'reach':
    case 'leave':
    case 'exits':
    case 'returns':
    case 'channels':
      return (
        <div {...shared} className={classes} style={heat}>
          {numbers === undefined ? <span className={style.none}>–</span> : <Measured rowKey={row.key} step={step} title={title} numbers={numbers} />}
        </div>
      )
    case 'doing':
    case 'thinking':
    case 'feeling':
    case 'pain':
    case 'opportunity':
    case 'backstage':
      return <WrittenCell {...shared} lane={row.key} step={step} title={title} at={{ row: at, column }} className={classes} />
    default:
      return never(row.key)
  }
})

type MeasuredProps = {
  readonly rowKey: 'people' | 'reach' | 'leave' | 'exits' | 'returns' | 'channels'
  readonly step: string
  readonly title: string
  readonly numbers: StepNumbers
}

function Measured({ rowKey, step, title, numbers }: MeasuredProps) {
  const text = useText()
  const format = useFormat()
  const of = useContext(MapPeopleContext)
  switch (rowKey) {
    case 'people':
      return (
        <>
          <span className={style.big}>
            <Count tabIndex={-1} value={numbers.people} people={{ of, select: selectStep(step, 'people'), title }} />
            <span className={style.soft}>{format.share(numbers.share)}</span>
          </span>
          <Meter share={numbers.share} />
        </>
      )
    case 'exits':
    case 'returns': {
      const [count, share] = rowKey === 'exits' ? [numbers.exits, numbers.exit_share] : [numbers.returns, numbers.return_share]
      return (
        <span className={style.big} data-zero={count === 0 || undefined}>
          <Count
            tabIndex={-1}
            value={count}
            shown={format.share(share)}
            people={{ of, select: selectStep(step, rowKey), title: text(`map.peopleOf.${rowKey}`, { step: title }) }}
          />
          <span className={style.soft}>{format.count(count)}</span>
        </span>
      )
    }
    case 'reach':
    case 'leave': {
      const spread = rowKey === 'reach' ? numbers.reach : numbers.leave
      if (spread == null) return <span className={style.none}>–</span>
      return (
        <>
          <span className={style.big}>
            <span>{spanWords(spread.median_ms, format, text)}</span>
          </span>
          <span className={style.soft}>{text('map.within', { span: format.span(spread.p90_ms) })}</span>
        </>
      )
    }
    case 'channels': {
      const [most] = numbers.channels
      if (most === undefined) return <span className={style.none}>–</span>
      return (
        <>
          <ChannelMix shares={numbers.channels} />
          <span className={style.channel}>
            {text(`channel.${most.channel}`)}
            <span className={style.soft}>{format.share(most.share)}</span>
          </span>
        </>
      )
    }
    default:
      return never(rowKey)
  }
}
