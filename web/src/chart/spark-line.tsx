import style from './spark-line.module.css'

type SparkLineProps = {
  readonly values: readonly number[]
  /** What it shows, in words, for those who point at it or do not see it. */
  readonly words: string
  /** True when the last value is of a time that is not over; it is drawn as an open end. */
  readonly isOpen?: boolean
  readonly width?: number
  readonly height?: number
}

/** A course over time in the height of a line of text: its shape, not its scale. */
export function SparkLine({ values, words, isOpen = false, width = 96, height = 22 }: SparkLineProps) {
  const top = Math.max(1, ...values)
  const step = values.length > 1 ? (width - 4) / (values.length - 1) : 0
  const points = values.map((value, index) => ({ x: 2 + index * step, y: height - 2 - (value / top) * (height - 4) }))
  const closed = isOpen ? points.slice(0, -1) : points
  const line = (of: typeof points) => of.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  const last = points.at(-1)
  return (
    <svg className={style.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words} data-tip={words}>
      {closed.length > 1 && <polyline points={line(closed)} />}
      {isOpen && points.length > 1 && <polyline points={line(points.slice(-2))} data-open />}
      {last !== undefined && <circle cx={last.x} cy={last.y} r={2} data-open={isOpen || undefined} />}
    </svg>
  )
}
