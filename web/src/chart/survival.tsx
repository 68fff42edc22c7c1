import { curve } from './curve.ts'
import { fromStart, type Remaining, shareAt, topShare } from './survival.ts'
import { timeScale } from './time-scale.ts'
import style from './survival.module.css'
import { useWidth } from './use-width.ts'

export type SurvivalLine = {
  readonly key: string
  readonly name: string
  readonly points: readonly Remaining[]
  /** Times that are labeled. */
  readonly stations: readonly number[]
}

type SurvivalProps = {
  readonly label: string
  readonly lines: readonly SurvivalLine[]
  /** The line that is looked at; the others stay behind it for comparison. */
  readonly focus: string
  /** The share at once: all, or nobody for a share that rises. */
  readonly start?: 0 | 1
  /** The largest share that is drawn, for one that stays far from all; the scale ends at a round one above it. */
  readonly most?: number
  readonly showSpan: (ms: number) => string
  readonly showShare: (share: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [46, 18, 12, 26, 264] as const

/** The share that is still there after a time, for each line, with the interval of the one that is looked at. */
export function Survival({ label, lines, focus, start = 1, most = 1, showSpan, showShare }: SurvivalProps) {
  const [box, width] = useWidth<HTMLDivElement>(640)
  const { at, ticks } = timeScale(lines.flatMap((it) => it.points.map((point) => point.ms)), Math.floor(width / 74))
  const top = topShare(most)
  const x = (ms: number) => LEFT + (width - LEFT - RIGHT) * at(ms)
  const y = (share: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - share / top)
  const line = (points: readonly Remaining[]) => curve(fromStart(points, start).map(({ ms, share }) => ({ x: x(ms), y: y(share) })))
  const here = lines.find((it) => it.key === focus)
  const points = fromStart(here?.points ?? [], start)
  const high = points.map((it) => `${x(it.ms)} ${y(it.high)}`)
  const low = points.map((it) => `${x(it.ms)} ${y(it.low)}`).reverse()
  return (
    <div ref={box} className={style.chart}>
      <svg height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
        {[1, 0.75, 0.5, 0.25, 0].map((part) => part * top).map((share) => (
          <g key={share}>
            <line className={style.grid} x1={LEFT} x2={width - RIGHT} y1={y(share)} y2={y(share)} />
            <text className={style.axis} x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {showShare(share)}
            </text>
          </g>
        ))}
        {ticks.map((ms, index) => (
          <text key={ms} className={style.axis} x={x(ms)} y={HEIGHT - 6} textAnchor={index === 0 ? 'start' : x(ms) > width - RIGHT - 12 ? 'end' : 'middle'}>
            {showSpan(ms)}
          </text>
        ))}
        {lines.map((it) => (it.key === focus ? null : <path key={it.key} className={style.other} d={line(it.points)} />))}
        {high.length > 0 && <path className={style.known} d={`M${[...high, ...low].join('L')}Z`} />}
        <path className={style.line} d={line(here?.points ?? [])} />
        {(here?.stations ?? []).map((ms) => (
          <g key={ms}>
            <circle className={style.station} cx={x(ms)} cy={y(shareAt(points, ms))} r="5" />
            <text className={style.value} x={x(ms) + 10} y={y(shareAt(points, ms)) - 7}>
              {showSpan(ms)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}
