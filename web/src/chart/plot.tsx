import { type PointerEvent, useState } from 'react'
import { ticks } from './curve.ts'
import style from './plot.module.css'
import { useWidth } from './use-width.ts'

type PlotSeries = { readonly name: string; readonly values: readonly (number | null)[] }

type PlotProps = {
  readonly label: string
  readonly look: 'line' | 'bars'
  /** The names of the places from left to right. */
  readonly places: readonly string[]
  /** At most five, as more could not be told apart. */
  readonly series: readonly PlotSeries[]
  readonly height?: number
  readonly showValue: (value: number) => string
  readonly showTick: (value: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM] = [56, 14, 12, 26]

/** Numbers over places, as lines with gaps where there is no number, or as bars side by side. */
export function PlotChart({ label, look, places, series, height = 300, showValue, showTick }: PlotProps) {
  const [box, width] = useWidth<HTMLDivElement>(720)
  const [at, setAt] = useState<number | null>(null)
  const values = series.flatMap((it) => it.values).filter((it) => it !== null)
  const above = ticks(Math.max(0, ...values))
  const below = ticks(Math.max(0, ...values.map((it) => -it)))
  const marks = [...below.slice(1).map((it) => -it), ...above].sort((a, b) => a - b)
  const [low, high] = [marks[0] ?? 0, Math.max(marks.at(-1) ?? 1, (marks[0] ?? 0) + Number.MIN_VALUE)]
  const span = high === low ? 1 : high - low
  const y = (value: number) => TOP + ((height - TOP - BOTTOM) * (high - value)) / span
  const step = (width - LEFT - RIGHT) / Math.max(1, places.length)
  const x = (index: number) => LEFT + step * (index + 0.5)
  const longest = Math.min(22, Math.max(6, ...places.map((it) => [...it].length)))
  const every = Math.max(1, Math.ceil(places.length / Math.max(2, Math.floor(width / (longest * 6.4 + 12)))))
  const bar = (step * 0.76) / Math.max(1, series.length)
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    const index = Math.floor((left - LEFT) / step)
    setAt(index >= 0 && index < places.length ? index : null)
  }
  return (
    <figure className={style.plot} data-picture={label}>
      <div ref={box} onPointerMove={follow} onPointerLeave={() => setAt(null)}>
        <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
          {marks.map((mark) => (
            <g key={mark}>
              <line className={mark === 0 ? style.zero : style.grid} x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
              <text className={style.axis} x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
                {showTick(mark)}
              </text>
            </g>
          ))}
          {at !== null && <rect className={style.here} x={LEFT + step * at} width={step} y={TOP} height={height - TOP - BOTTOM} />}
          {series.map((it, number) =>
            look === 'bars' ? (
              <g key={number} className={style.bar} data-series={number}>
                {it.values.map((value, index) =>
                  value === null ? null : (
                    <rect
                      key={index}
                      x={x(index) - step * 0.38 + bar * number}
                      width={Math.max(0.5, bar - Math.min(1, bar * 0.1))}
                      y={Math.min(y(value), y(0))}
                      height={Math.abs(y(value) - y(0))}
                    />
                  ),
                )}
              </g>
            ) : (
              <g key={number} className={style.line} data-series={number}>
                <path d={lineOf(it.values, x, y)} />
                {places.length <= 60 &&
                  it.values.map((value, index) => (value === null ? null : <circle key={index} cx={x(index)} cy={y(value)} r={index === at ? 4 : 2.4} />))}
              </g>
            ),
          )}
          {places.map((name, index) =>
            index % every === 0 ? (
              <text key={index} className={style.axis} x={x(index)} y={height - 6} textAnchor="middle">
                {shortened(name, Math.floor((step * every) / 6.4))}
              </text>
            ) : null,
          )}
        </svg>
        {at !== null && places[at] !== undefined && (
          <div className={style.note} style={{ left: Math.max(90, Math.min(width - 90, x(at))) }}>
            <b>{places[at]}</b>
            {series.map((it, number) => {
              const value = it.values[at]
              return (
                <span key={number}>
                  {it.name} {value === null || value === undefined ? '–' : showValue(value)}
                </span>
              )
            })}
          </div>
        )}
      </div>
      <ul className={style.legend}>
        {series.map((it, number) => (
          <li key={number}>
            <span className={style.swatch} data-series={number} />
            {it.name}
          </li>
        ))}
      </ul>
    </figure>
  )
}

/** Straight from number to number; a place without one breaks the line. */
function lineOf(values: readonly (number | null)[], x: (index: number) => number, y: (value: number) => number): string {
  return values
    .map((value, index) => (value === null ? '' : `${values[index - 1] == null ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`))
    .join('')
}

function shortened(name: string, letters: number): string {
  const all = [...name]
  return all.length > letters ? `${all.slice(0, Math.max(3, letters - 1)).join('')}…` : name
}
