import { type PointerEvent, useId, useState } from 'react'
import { stack } from './stack.ts'
import style from './stacked-bars.module.css'
import { useWidth } from './use-width.ts'

export type BarColor = 'new' | 'returning' | 'resurrecting' | 'dormant' | 'quiet' | 'open'
export type BarSeries = { readonly name: string; readonly color: BarColor; readonly isBelow: boolean }
export type Bar = {
  readonly name: string
  /** One for each series, never negative. */
  readonly values: readonly number[]
  /** Hatched, as it still moves. */
  readonly isOpen: boolean
}

type StackedBarsProps = {
  readonly label: string
  readonly series: readonly BarSeries[]
  readonly bars: readonly Bar[]
  readonly height?: number
  readonly showValue: (value: number) => string
  readonly showTick: (value: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 10, 24]

/** Stacks above and below one line. */
export function StackedBars({ label, series, bars, height = 240, showValue, showTick }: StackedBarsProps) {
  const [box, width] = useWidth<HTMLDivElement>()
  const [at, setAt] = useState<number | null>(null)
  const hatch = useId()
  const { marks, stacks } = stack(
    bars.map((it) => it.values),
    series.map((it) => it.isBelow),
  )
  const [low, high] = [marks[0] ?? 0, marks.at(-1) ?? 1]
  const y = (value: number) => TOP + ((height - TOP - BOTTOM) * (high - value)) / Math.max(1, high - low)
  const step = (width - LEFT - RIGHT) / Math.max(1, bars.length)
  const every = Math.max(1, Math.ceil(bars.length / Math.max(2, Math.floor(width / 96))))
  const here = at === null ? undefined : bars[at]
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    const index = Math.floor((left - LEFT) / step)
    setAt(index >= 0 && index < bars.length ? index : null)
  }
  return (
    <div className={style.chart} ref={box} onPointerMove={follow} onPointerLeave={() => setAt(null)}>
      <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <defs>
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line className={style.hatch} x1="0" y1="0" x2="0" y2="6" />
          </pattern>
        </defs>
        {marks.map((mark) => (
          <g key={mark}>
            <line className={mark === 0 ? style.zero : style.grid} x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
            <text className={style.axis} x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
              {showTick(Math.abs(mark))}
            </text>
          </g>
        ))}
        {stacks.map((pieces, bar) => {
          const x = LEFT + step * bar + step * 0.15
          return (
            <g key={bar}>
              {pieces.map((piece, index) => {
                const box = { x, width: step * 0.7, y: y(piece.to), height: Math.max(0, y(piece.from) - y(piece.to)) }
                return (
                  <g key={index}>
                    <rect {...box} className={style[series[index]?.color ?? 'new']} />
                    {bars[bar]?.isOpen === true && <rect {...box} fill={`url(#${hatch})`} />}
                  </g>
                )
              })}
              {(bars.length - 1 - bar) % every === 0 && (
                <text className={style.axis} x={LEFT + step * (bar + 0.5)} y={height - 4} textAnchor="middle">
                  {bars[bar]?.name}
                </text>
              )}
            </g>
          )
        })}
      </svg>
      {here !== undefined && at !== null && (
        <div className={style.note} style={{ left: Math.max(80, Math.min(width - 80, LEFT + step * (at + 0.5))) }}>
          <b>{here.name}</b>
          {series.map((it, index) => (
            <span key={it.name}>
              {it.name} {showValue(here.values[index] ?? 0)}
            </span>
          ))}
        </div>
      )}
      <ul className={style.legend}>
        {series.map((it) => (
          <li key={it.name}>
            <span className={style.swatch} data-color={it.color} />
            {it.name}
          </li>
        ))}
      </ul>
    </div>
  )
}
