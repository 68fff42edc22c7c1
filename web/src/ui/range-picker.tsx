import { lazy, Suspense } from 'react'
import type { Range } from '../api/model.ts'
import { type Format, useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'
import { Loading } from './look.tsx'
import { Popover } from './popover.tsx'
import { between, daysOf, kindOfRange, presets, type RangeKind } from './range.ts'
import style from './range-picker.module.css'

const DayRange = lazy(() => import('./day-range.tsx').then((it) => ({ default: it.DayRange })))

type RangePickerProps = {
  /** None where each of several reports keeps its own. */
  readonly range: Range | null
  readonly side?: 'bottom-start' | 'bottom-end'
  /** What having none is called, where one may have none. */
  readonly own?: string
  readonly onOwn?: () => void
  readonly isAllOffered?: boolean
  readonly onChange: (range: Range) => void
  readonly size?: 's' | 'm'
}

/** Chooses the days that a report is about, in the zone of the workspace. */
export function RangePicker({ range, side = 'bottom-end', own = '', onOwn, isAllOffered = true, onChange, size = 'm' }: RangePickerProps) {
  const text = useText()
  const format = useFormat()
  const zone = range?.zone ?? format.zone
  const words = useRangeWords(range)
  const chosen = range === null ? null : kindOfRange(range)
  return (
    <Popover
      label={text('range.choose')}
      side={side}
      target={(target) => (
        <Button {...target} size={size} icon="calendar">
          {words ?? own}
        </Button>
      )}
    >
      {(close) => (
        <div className={style.panel}>
          <div className={style.presets} role="group" aria-label={text('range.last')}>
            {onOwn !== undefined && (
              <Button
                size="s"
                look="quiet"
                aria-pressed={chosen === null}
                onClick={() => {
                  onOwn()
                  close()
                }}
              >
                {own}
              </Button>
            )}
            {presets.map((span) => (
              <Button
                key={span}
                size="s"
                look="quiet"
                aria-pressed={chosen?.kind === 'last' && chosen.span === span}
                onClick={() => {
                  onChange({ last: span, zone })
                  close()
                }}
              >
                {spanWords(text, span)}
              </Button>
            ))}
            {isAllOffered && (
              <Button
                size="s"
                look="quiet"
                aria-pressed={chosen?.kind === 'all'}
                onClick={() => {
                  onChange({ all: true, zone })
                  close()
                }}
              >
                {text('range.all')}
              </Button>
            )}
          </div>
          <div className={style.days}>
            <Suspense fallback={<Loading rows={6} />}>
              <DayRange
                days={chosen?.kind === 'between' ? chosen.days : null}
                onChange={({ from, to }) => {
                  onChange(between(from, to, zone))
                  close()
                }}
              />
            </Suspense>
            <p className={style.zone}>{text('range.zone', { zone })}</p>
          </div>
        </div>
      )}
    </Popover>
  )
}

/** A range in words. */
export function useRangeWords(range: Range): string
export function useRangeWords(range: Range | null): string | null
export function useRangeWords(range: Range | null): string | null {
  const text = useText()
  const format = useFormat()
  return range === null ? null : kindWords(kindOfRange(range), text, format)
}

function kindWords(kind: RangeKind, text: Text, format: Format): string {
  switch (kind.kind) {
    case 'all':
      return text('range.all')
    case 'last':
      return spanWords(text, kind.span)
    case 'between':
      return text('range.between', { from: format.date(kind.days.from), to: format.date(kind.days.to) })
    default:
      return text(`range.${kind.kind}`, { days: kindWords(kind.of, text, format) })
  }
}

function spanWords(text: Text, span: string): string {
  const days = daysOf(span)
  return days === null ? text('range.lastSpan', { span }) : text('range.lastDays', { count: days })
}
