import { type KeyboardEvent, useState } from 'react'
import { ticks } from './curve.ts'
import style from './time-bars.module.css'

export type TimeBar = {
  readonly key: string
  /** When it is, in words. */
  readonly name: string
  readonly value: number
  /** What it counts, in words, for those who point at it or do not see it. */
  readonly words: string
  /** Drawn lighter, as it is not over. */
  readonly isOpen: boolean
}

type TimeBarsProps = {
  readonly label: string
  readonly bars: readonly TimeBar[]
  readonly height?: number
  readonly showTick: (value: number) => string
  readonly onPick: (bar: TimeBar) => void
}

/** A count per short time as bars, each of which can be picked by pointer and by keyboard. */
export function TimeBars({ label, bars, height = 96, showTick, onPick }: TimeBarsProps) {
  const [at, setAt] = useState<string | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  // What is counted has no halves.
  const marks = ticks(Math.max(0, ...bars.map((it) => it.value))).map(Math.ceil)
  const top = Math.max(1, marks.at(-1) ?? 1)
  const here = bars.find((it) => it.key === at)
  // The newest bar takes the focus of Tab until another one was chosen, which may have left the chart since.
  const entry = bars.some((it) => it.key === focused) ? focused : bars.at(-1)?.key
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const edge = { Home: 0, End: bars.length - 1 }[event.key]
    const index = bars.findIndex((it) => it.key === entry)
    const next = edge ?? (step === undefined ? undefined : Math.max(0, Math.min(bars.length - 1, index + step)))
    if (next === undefined) return
    event.preventDefault()
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div className={style.chart}>
      <div className={style.scale} aria-hidden="true">
        <span>{showTick(top)}</span>
        <span>{showTick(0)}</span>
      </div>
      <div className={style.bars} style={{ height }} role="group" aria-label={label} onKeyDown={walk} onPointerLeave={() => setAt(null)}>
        {bars.map((bar) => (
          <button
            key={bar.key}
            type="button"
            className={style.bar}
            data-open={bar.isOpen || undefined}
            tabIndex={bar.key === entry ? 0 : -1}
            aria-label={`${bar.name}: ${bar.words}`}
            onFocus={() => {
              setFocused(bar.key)
              setAt(bar.key)
            }}
            onBlur={() => setAt(null)}
            onPointerEnter={() => setAt(bar.key)}
            onClick={() => onPick(bar)}
          >
            <span style={{ height: `${(100 * bar.value) / top}%` }} />
          </button>
        ))}
      </div>
      <div className={style.foot} aria-hidden="true">
        {here === undefined ? (
          <>
            <span>{bars[0]?.name}</span>
            <span>{bars.at(-1)?.name}</span>
          </>
        ) : (
          <b>
            {here.name} · {here.words}
          </b>
        )}
      </div>
    </div>
  )
}
