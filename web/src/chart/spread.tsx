import style from './spread.module.css'
import type { TimeScale } from './time-scale.ts'

type SpreadProps = {
  readonly scale: TimeScale
  /** When a quarter, a half and three quarters are over; none where that has not been seen. */
  readonly quarter: number | null
  readonly median: number | null
  readonly threeQuarters: number | null
  readonly isQuiet?: boolean
}

/** The middle half as a line, its median as a station. Where the end has not been seen, the line fades out. */
export function Spread({ scale, quarter, median, threeQuarters, isQuiet = false }: SpreadProps) {
  const percent = (ms: number) => `${scale.at(ms) * 100}%`
  return (
    <span className={style.spread} data-quiet={isQuiet || undefined} aria-hidden="true">
      {scale.ticks.map((ms) => (
        <span key={ms} className={style.tick} style={{ left: percent(ms) }} />
      ))}
      {quarter !== null && (
        <span className={style.line} data-open={threeQuarters === null || undefined} style={{ left: percent(quarter), right: threeQuarters === null ? 0 : `${(1 - scale.at(threeQuarters)) * 100}%` }} />
      )}
      {median !== null && <span className={style.station} style={{ left: percent(median) }} />}
    </span>
  )
}

/** The scale of the lines below it. */
export function SpreadAxis({ scale, showSpan }: { readonly scale: TimeScale; readonly showSpan: (ms: number) => string }) {
  return (
    <span className={style.axis} aria-hidden="true">
      {scale.ticks.map((ms) => (
        <span key={ms} style={{ left: `${scale.at(ms) * 100}%` }}>
          {showSpan(ms)}
        </span>
      ))}
    </span>
  )
}
