import { curve } from './curve.ts'
import { boxesOf, type Remaining } from './survival.ts'
import { timeScale } from './time-scale.ts'
import style from './survival.module.css'
import { useWidth } from './use-width.ts'

export type SurvivalLine = { readonly key: string; readonly name: string; readonly points: readonly Remaining[] }

type SurvivalProps = {
  readonly label: string
  readonly lines: readonly SurvivalLine[]
  /** The line that is looked at; the others stay behind it for comparison. */
  readonly focus: string
  readonly showSpan: (ms: number) => string
  readonly showShare: (share: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [46, 18, 12, 26, 264] as const

/** The share that is still there after a time, for each line. The curve is known at its stations; in between it lies in the tinted boxes. */
export function Survival({ label, lines, focus, showSpan, showShare }: SurvivalProps) {
  const [box, width] = useWidth<HTMLDivElement>(640)
  const { at, ticks } = timeScale(lines.flatMap((it) => it.points.map((point) => point.ms)), Math.floor(width / 74))
  const x = (ms: number) => LEFT + (width - LEFT - RIGHT) * at(ms)
  const y = (share: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)
  const place = (points: readonly Remaining[]) => points.map(({ ms, share }) => ({ x: x(ms), y: y(share) }))
  const here = lines.find((it) => it.key === focus)
  const stations = place(here?.points ?? [])
  return (
    <div ref={box} className={style.chart}>
      <svg height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
        {[1, 0.75, 0.5, 0.25, 0].map((share) => (
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
        {boxesOf(here?.points ?? []).map(({ from, to, high, low }) => (
          <rect key={to} className={style.known} x={x(from)} y={y(high)} width={Math.max(0, x(to) - x(from))} height={y(low) - y(high)} />
        ))}
        {lines.map((line) => (line.key === focus ? null : <path key={line.key} className={style.other} d={curve(place(line.points))} />))}
        {stations[0] !== undefined && <path className={style.lead} d={`M${LEFT} ${y(1)}L${stations[0].x} ${stations[0].y}`} />}
        <path className={style.line} d={curve(stations)} />
        {stations.map((it, index) => (
          <g key={index}>
            <circle className={style.station} cx={it.x} cy={it.y} r="5" />
            <text className={style.value} x={it.x + 10} y={it.y - 7}>
              {showSpan(here?.points[index]?.ms ?? 0)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}
