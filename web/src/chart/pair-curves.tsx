import { useWidth } from './use-width.ts'
import base from './base.module.css'
import style from './pair-curves.module.css'

/** One point of a curve; `at` runs from 0 to 1 along the drawing. */
export type PairPoint = { readonly at: number; readonly share: number; readonly low: number; readonly high: number }

type PairCurvesProps = {
  readonly label: string
  /** The side that is looked at, then the one that it is compared with. */
  readonly lines: readonly [readonly PairPoint[], readonly PairPoint[]]
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
  /** A share that stays until the next point, as one that falls step by step. */
  readonly isStaircase?: boolean
  /** The round share at which the scale ends. */
  readonly top: number
  readonly showShare: (share: number) => string
}

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [46, 18, 12, 26, 248] as const

/** Two curves of shares in one drawing, each with its interval: a whole line against a dashed one. */
export function PairCurves({ label, lines, ticks, isStaircase = false, top, showShare }: PairCurvesProps) {
  const [box, width] = useWidth<HTMLDivElement>(640)
  const x = (at: number) => LEFT + (width - LEFT - RIGHT) * at
  const y = (share: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1, share / top))
  const path = (points: readonly PairPoint[], of: 'share' | 'low' | 'high') =>
    points.map((it, index) => {
      const before = points[index - 1]
      const corner = isStaircase && before !== undefined ? `${x(it.at)} ${y(before[of])}L` : ''
      return `${corner}${x(it.at)} ${y(it[of])}`
    })
  const band = (points: readonly PairPoint[]) => {
    const low = points.flatMap((it, index) => {
      const before = points[index - 1]
      return isStaircase && before !== undefined ? [`${x(it.at)} ${y(before.low)}`, `${x(it.at)} ${y(it.low)}`] : [`${x(it.at)} ${y(it.low)}`]
    })
    return `M${[...path(points, 'high'), ...low.reverse()].join('L')}Z`
  }
  const looks = [style.own, style.other] as const
  return (
    <div ref={box} className={base.chart}>
      <svg height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
        {[1, 0.75, 0.5, 0.25, 0].map((part) => part * top).map((share) => (
          <g key={share}>
            <line className={base.grid} x1={LEFT} x2={width - RIGHT} y1={y(share)} y2={y(share)} />
            <text className={base.axis} x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {showShare(share)}
            </text>
          </g>
        ))}
        {ticks.map((tick, index) => (
          <text key={tick.at} className={base.axis} x={x(tick.at)} y={HEIGHT - 6} textAnchor={index === 0 ? 'start' : tick.at > 0.97 ? 'end' : 'middle'}>
            {tick.label}
          </text>
        ))}
        {[1, 0].map((side) => {
          const points = lines[side] ?? []
          return points.length === 0 ? null : (
            <g key={side} className={looks[side]}>
              <path className={style.band} d={band(points)} />
              <path className={style.line} d={`M${path(points, 'share').join('L')}`} />
              {!isStaircase && points.map((it) => <circle key={it.at} className={style.dot} cx={x(it.at)} cy={y(it.share)} r="3.5" />)}
            </g>
          )
        })}
      </svg>
    </div>
  )
}
