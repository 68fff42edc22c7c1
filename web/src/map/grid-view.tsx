import { type CSSProperties, type KeyboardEvent, useRef } from 'react'
import { type Cell, moveInGrid } from '../canvas/grid-keys.ts'
import { useWidth } from '../chart/use-width.ts'
import { useText } from '../i18n/use-text.ts'
import { lanesOf } from './edit.ts'
import { useDrawing, useEditor } from './editor.ts'
import { GridCell } from './grid-cell.tsx'
import { EmptyHead, StageHead, StepHead } from './grid-head.tsx'
import { RiverLine } from './grid-river.tsx'
import { GridRowLabel } from './grid-label.tsx'
import style from './grid.module.css'
import { columnsOf, rowsOf } from './rows.ts'
import { DropMarker, useStepDrag } from './use-step-drag.tsx'

const [COLUMN_MIN, COLUMN_MAX] = [138, 228]

/** The map as stages over steps over lanes. Arrows move, Enter opens or writes, Control with arrows moves the step. */
export function GridView() {
  const text = useText()
  const editor = useEditor()
  const map = useDrawing()
  const [box, width] = useWidth<HTMLDivElement>(1200)
  const grid = useRef<HTMLDivElement>(null)
  const columns = columnsOf(map)
  const rows = rowsOf(lanesOf(map))
  const label = width < 560 ? 104 : 160
  const column = Math.max(COLUMN_MIN, Math.min(COLUMN_MAX, Math.floor((width - label - 2) / Math.max(1, columns.length))))
  const drag = useStepDrag(grid)
  const size: CSSProperties & Record<'--columns' | '--column' | '--label', string | number> = {
    '--columns': columns.length,
    '--column': `${column}px`,
    '--label': `${label}px`,
  }

  const focus = (at: Cell) => {
    editor.act({ kind: 'go', at })
    grid.current?.querySelector<HTMLElement>(`[data-row="${at.row}"][data-column="${at.column}"]`)?.focus()
  }
  const press = (event: KeyboardEvent) => {
    const { target } = event
    if (event.nativeEvent.isComposing || !(target instanceof HTMLElement) || target.dataset['row'] === undefined) return
    const at = { row: Number(target.dataset['row']), column: Number(target.dataset['column']) }
    const step = columns[at.column]?.step ?? null
    if (event.ctrlKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight') && step !== null) {
      event.preventDefault()
      if (drag.moveBy(step.id, event.key === 'ArrowLeft' ? -1 : 1)) requestAnimationFrame(() => focus({ ...at, column: at.column + (event.key === 'ArrowLeft' ? -1 : 1) }))
      return
    }
    const next = moveInGrid(at, event.key, event.ctrlKey, rows.length + 1, columns.length)
    if (next !== null) {
      event.preventDefault()
      focus(next)
    } else if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault()
      const inner = target.querySelector<HTMLElement>('button')
      if (inner !== null) inner.click()
      else editor.act({ kind: 'write', at })
    }
  }

  return (
    <div ref={box} className={style.scroll} tabIndex={-1}>
      <div className={style.canvas} style={size}>
        <div ref={grid} role="grid" aria-label={map.title} aria-rowcount={rows.length + 2} aria-colcount={columns.length + 1} className={style.grid} onKeyDown={press}>
          <div role="rowgroup" className={style.top}>
            <div role="row" className={style.row}>
              <div role="columnheader" className={style.label}>
                <span className="visually-hidden">{text('map.stages')}</span>
              </div>
              {map.stages.map((stage, index) => (
                <StageHead key={stage.id} stage={stage} index={index} />
              ))}
            </div>
            <div className={style.line} aria-hidden="true">
              <div className={style.label} />
              <RiverLine column={column} />
            </div>
            <div role="row" className={style.row}>
              <div role="columnheader" className={style.label}>
                <span className="visually-hidden">{text('map.lane')}</span>
              </div>
              {columns.map(({ key, step, stage, opens }, index) =>
                step === null ? (
                  <EmptyHead key={key} stage={stage} column={index} />
                ) : (
                  <StepHead key={key} step={step} column={index} opens={opens} onGrip={drag.start} />
                ),
              )}
            </div>
          </div>
          <div role="rowgroup">
            {rows.map((row, index) => (
              <div key={row.key} role="row" className={style.row}>
                <GridRowLabel row={row} />
                {columns.map(({ key, step, opens }, at) =>
                  step === null ? (
                    <div key={key} role="gridcell" className={`${style.cell} ${style.opens}`} tabIndex={-1} data-row={index + 1} data-column={at} />
                  ) : (
                    <GridCell key={key} row={row} step={step.id} title={step.title} at={index + 1} column={at} opens={opens} />
                  ),
                )}
              </div>
            ))}
          </div>
        </div>
        <DropMarker drag={drag} label={label} column={column} />
      </div>
    </div>
  )
}
