import { useMemo } from 'react'
import { useDrawing, useEditorState } from './editor.ts'
import style from './grid.module.css'
import { drawRiver } from './river.ts'
import { columnsOf } from './rows.ts'

const [HEIGHT, MIDDLE] = [88, 38]

/** The line through the map: as thick as the share of people at each step, with strands where they are lost. */
export function RiverLine({ column }: { readonly column: number }) {
  const map = useDrawing()
  const numbers = useEditorState((state) => state.steps)
  const columns = columnsOf(map)
  const river = useMemo(
    () =>
      drawRiver(
        columnsOf(map).map(({ key }) => ({ share: numbers[key]?.share ?? 0, exitShare: numbers[key]?.exit_share ?? 0 })),
        column,
        MIDDLE,
        HEIGHT - 2,
      ),
    [map, numbers, column],
  )
  const width = columns.length * column
  return (
    <svg className={style.river} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" focusable="false">
        {columns.map(({ key, opens }, index) => opens && index > 0 && <line key={key} x1={index * column + 0.5} x2={index * column + 0.5} y2={HEIGHT} stroke="var(--outline)" />)}
        {river.exits.map(({ path, width: thick }) => (
          <path key={path} d={path} fill="none" stroke="var(--heat-5)" strokeWidth={thick} strokeOpacity="0.32" strokeLinecap="butt" />
        ))}
        <path d={river.body} fill="var(--accent-line)" />
        {river.stations.map(({ x, y }, index) => {
          const [size, stroke] = columns[index]?.opens === true ? [8, 4] : [5, 3]
          return <circle key={x} cx={x} cy={y} r={size} fill="var(--paper)" stroke="var(--accent-line)" strokeWidth={stroke} />
        })}
    </svg>
  )
}
