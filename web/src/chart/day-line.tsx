import { type PointerEvent, useState } from 'react'
import { curve, ticks } from './curve.ts'
import style from './day-line.module.css'
import { useWidth } from './use-width.ts'

export type DayValue = { readonly day: string; readonly value: number }

type DayLineProps = {
  /** What the line counts, for those who do not see it. */
  readonly label: string
  readonly days: readonly DayValue[]
  readonly height?: number
  /** From this one on values may still move; none means only the last one. */
  readonly openFrom?: number | undefined
  readonly showDay: (day: string) => string
  readonly showValue: (value: number) => string
  readonly showTick: (value: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 14, 24]

/** One count per day as one line; its last station is today and still moves. */
export function DayLine({ label, days, height = 170, openFrom, showDay, showValue, showTick }: DayLineProps) {
  const [box, width] = useWidth<HTMLDivElement>()
  const [at, setAt] = useState<number | null>(null)
  const marks = ticks(Math.max(0, ...days.map((it) => it.value)))
  const top = marks.at(-1) ?? 1
  const x = (index: number) => LEFT + ((width - LEFT - RIGHT) * index) / Math.max(1, days.length - 1)
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (1 - value / Math.max(1, top))
  const points = days.map((it, index) => ({ x: x(index), y: y(it.value) }))
  const line = curve(points)
  const [settled, open] = openFrom === undefined ? [line, null] : [curve(points.slice(0, openFrom + 1)), curve(points.slice(Math.max(0, openFrom - 1)))]
  const last = points.at(-1)
  const here = at === null ? undefined : points[at]
  const day = at === null ? undefined : days[at]
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / 96))))
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    const index = Math.round(((left - LEFT) / (width - LEFT - RIGHT)) * (days.length - 1))
    setAt(Math.max(0, Math.min(days.length - 1, index)))
  }
  return (
    <div ref={box} className={style.chart} onPointerMove={follow} onPointerLeave={() => setAt(null)}>
      <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {marks.map((mark) => (
          <g key={mark}>
            <line className={style.grid} x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
            <text className={style.axis} x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
              {showTick(mark)}
            </text>
          </g>
        ))}
        {days.map((it, index) =>
          (days.length - 1 - index) % every === 0 ? (
            <text key={it.day} className={style.axis} x={x(index)} y={height - 4} textAnchor={index === days.length - 1 ? 'end' : 'middle'}>
              {showDay(it.day)}
            </text>
          ) : null,
        )}
        {last !== undefined && <path className={style.area} d={`${line}L${last.x} ${y(0)}L${LEFT} ${y(0)}Z`} />}
        <path className={style.line} d={settled} />
        {open !== null && <path className={style.line} data-open d={open} />}
        {here !== undefined && <line className={style.cursor} x1={here.x} x2={here.x} y1={TOP} y2={y(0)} />}
        {here !== undefined && <circle className={style.station} cx={here.x} cy={here.y} r="5" />}
        {last !== undefined && <circle className={style.halo} cx={last.x} cy={last.y} r="9" />}
        {last !== undefined && <circle className={style.station} data-now cx={last.x} cy={last.y} r="4" />}
      </svg>
      {here !== undefined && day !== undefined && (
        <div className={style.note} style={{ left: Math.max(60, Math.min(width - 60, here.x)) }}>
          {showDay(day.day)} · {showValue(day.value)}
        </div>
      )}
    </div>
  )
}
