import { lazy, Suspense } from 'react'
import type { Range } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'
import { Loading } from './look.tsx'
import { Popover } from './popover.tsx'
import { between, daysOf, kindOfRange, presets } from './range.ts'
import style from './range-picker.module.css'

const DayRange = lazy(() => import('./day-range.tsx').then((it) => ({ default: it.DayRange })))

type RangePickerProps = {
  readonly range: Range
  readonly onChange: (range: Range) => void
  readonly size?: 's' | 'm'
}

/** Chooses the days that a report is about, in the zone of the workspace. */
export function RangePicker({ range, onChange, size = 'm' }: RangePickerProps) {
  const text = useText()
  const format = useFormat()
  const zone = range.zone ?? format.zone
  const words = useRangeWords(range)
  const chosen = kindOfRange(range)
  return (
    <Popover
      label={text('range.choose')}
      side="bottom-end"
      target={(target) => (
        <Button {...target} size={size} icon="calendar">
          {words}
        </Button>
      )}
    >
      {(close) => (
        <div className={style.panel}>
          <div className={style.presets} role="group" aria-label={text('range.last')}>
            {presets.map((span) => (
              <Button
                key={span}
                size="s"
                look="quiet"
                aria-pressed={chosen.kind === 'last' && chosen.span === span}
                onClick={() => {
                  onChange({ last: span, zone })
                  close()
                }}
              >
                {spanWords(text, span)}
              </Button>
            ))}
            <Button
              size="s"
              look="quiet"
              aria-pressed={chosen.kind === 'all'}
              onClick={() => {
                onChange({ all: true, zone })
                close()
              }}
            >
              {text('range.all')}
            </Button>
          </div>
          <div className={style.days}>
            <Suspense fallback={<Loading rows={6} />}>
              <DayRange
                days={chosen.kind === 'between' ? chosen.days : null}
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
export function useRangeWords(range: Range): string {
  const text = useText()
  const format = useFormat()
  const kind = kindOfRange(range)
  if (kind.kind === 'all') return text('range.all')
  if (kind.kind === 'last') return spanWords(text, kind.span)
  return text('range.between', { from: format.date(kind.days.from), to: format.date(kind.days.to) })
}

function spanWords(text: Text, span: string): string {
  const days = daysOf(span)
  return days === null ? text('range.lastSpan', { span }) : text('range.lastDays', { count: days })
}
