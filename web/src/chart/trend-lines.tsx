import { type PointerEvent, useState } from 'react'
import base from './base.module.css'
import { ticks } from './curve.ts'
import style from './trend-lines.module.css'
import { useWidth } from './use-width.ts'

export type TrendDrawing = {
  readonly name: string
  /** Its color, from 0 to 4. */
  readonly slot: number
  readonly values: readonly (number | null)[]
  /** The first place at a new level. */
  readonly change?: { readonly at: number; readonly before: number; readonly after: number; readonly words: string } | undefined
}

type TrendLinesProps = {
  readonly label: string
  /** The names of the places from left to right. */
  readonly places: readonly string[]
  readonly lines: readonly TrendDrawing[]
  /** From this place on values may still move. */
  readonly openFrom: number | null
  /** Whether the first place is one of which a part is not in the range. */
  readonly isCutAtStart?: boolean
  readonly height?: number
  readonly showValue: (value: number) => string
  readonly showTick: (value: number) => string
  /** Said at the pointer of a place that is not whole. */
  readonly openWords: string
}

const [LEFT, RIGHT, TOP, BOTTOM] = [56, 14, 18, 26]

/** Lines over time: the last stretch is open while its time runs, and a mark stands where a level changed. */
export function TrendLines({ label, places, lines, openFrom, isCutAtStart = false, height = 300, showValue, showTick, openWords }: TrendLinesProps) {
  const [box, width] = useWidth<HTMLDivElement>(720)
  const [at, setAt] = useState<number | null>(null)
  const values = lines.flatMap((it) => it.values).filter((it) => it !== null)
  const above = ticks(Math.max(0, ...values))
  const below = ticks(Math.max(0, ...values.map((it) => -it)))
  const marks = [...below.slice(1).map((it) => -it), ...above].sort((a, b) => a - b)
  const [low, high] = [marks[0] ?? 0, marks.at(-1) ?? 1]
  const span = high === low ? 1 : high - low
  const y = (value: number) => TOP + ((height - TOP - BOTTOM) * (high - value)) / span
  const step = (width - LEFT - RIGHT) / Math.max(1, places.length - 1)
  const x = (index: number) => (places.length === 1 ? (LEFT + width - RIGHT) / 2 : LEFT + step * index)
  // The last name ends at the edge, so that it needs half of its width more than the others.
  const every = Math.max(1, Math.ceil((1.5 * Math.max(0, ...places.map(widthOf)) + 12) / step))
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    setAt(Math.max(0, Math.min(places.length - 1, Math.round((left - LEFT) / step))))
  }
  const settled = openFrom ?? places.length
  const openAt = Math.max(LEFT - 3, x(settled) - step / 2)
  const begun = isCutAtStart ? 1 : 0
  return (
    <figure className={`${base.chart} ${style.trends}`} data-picture={label}>
      <div ref={box} onPointerMove={follow} onPointerLeave={() => setAt(null)}>
        <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
          {marks.map((mark) => (
            <g key={mark}>
              <line className={mark === 0 ? style.zero : base.grid} x1={LEFT} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
              <text className={base.axis} x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
                {showTick(mark)}
              </text>
            </g>
          ))}
          {places.map((name, index) =>
            (places.length - 1 - index) % every === 0 ? (
              <text key={index} className={base.axis} x={x(index)} y={height - 6} textAnchor={index === places.length - 1 && places.length > 1 ? 'end' : 'middle'}>
                {name}
              </text>
            ) : null,
          )}
          {isCutAtStart && <rect className={style.open} x={LEFT - 3} width={step / 2 + 3} y={TOP} height={height - TOP - BOTTOM} />}
          {openFrom !== null && <rect className={style.open} x={openAt} width={Math.max(0, width - RIGHT - openAt)} y={TOP} height={height - TOP - BOTTOM} />}
          {lines.map((it) => (
            <g key={it.slot} data-series={it.slot}>
              {it.change !== undefined && (
                <g className={style.level} data-tip={it.change.words}>
                  <line x1={x(0)} x2={x(it.change.at) - step / 2} y1={y(it.change.before)} y2={y(it.change.before)} />
                  <line x1={x(it.change.at) - step / 2} x2={x(settled - 1)} y1={y(it.change.after)} y2={y(it.change.after)} />
                  <line x1={x(it.change.at) - step / 2} x2={x(it.change.at) - step / 2} y1={TOP} y2={height - BOTTOM} />
                  <path d={`M${x(it.change.at) - step / 2} ${TOP - 2}l-5 -9h10z`} />
                </g>
              )}
              <path className={style.line} d={path(it.values.slice(0, settled), x, y, begun)} />
              {isCutAtStart && <path className={style.line} data-open d={path(it.values.slice(0, 2), x, y)} />}
              {openFrom !== null && <path className={style.line} data-open d={path(it.values, x, y, openFrom - 1)} />}
              {it.values.map((value, index) => {
                const isAlone = value !== null && it.values[index - 1] == null && it.values[index + 1] == null
                return value !== null && (index === at || isAlone) ? <circle key={index} className={style.station} cx={x(index)} cy={y(value)} r={index === at ? 4 : 2.4} /> : null
              })}
            </g>
          ))}
          {at !== null && <line className={style.cursor} x1={x(at)} x2={x(at)} y1={TOP} y2={height - BOTTOM} />}
        </svg>
        {at !== null && places[at] !== undefined && (
          <div className={`${base.note} ${style.note}`} style={{ left: Math.max(100, Math.min(width - 100, x(at))) }}>
            <b>{at >= settled || at < begun ? `${places[at]} · ${openWords}` : places[at]}</b>
            {lines.map((it) => {
              const value = it.values[at]
              return (
                <span key={it.slot} data-series={it.slot}>
                  <i aria-hidden="true" />
                  {it.name} {value === null || value === undefined ? '–' : showValue(value)}
                </span>
              )
            })}
          </div>
        )}
      </div>
    </figure>
  )
}

/** About how wide a name is; signs of Chinese are as wide as high. */
function widthOf(name: string): number {
  return [...name].reduce((sum, sign) => sum + (sign > '\u2e7f' ? 11 : 6.2), 0)
}

/** Straight from number to number; a place without one breaks the line. */
function path(values: readonly (number | null)[], x: (index: number) => number, y: (value: number) => number, from = 0): string {
  return values
    .map((value, index) => {
      if (value === null || index < from) return ''
      return `${index === from || values[index - 1] == null ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    })
    .join('')
}
