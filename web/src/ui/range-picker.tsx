import { useState } from 'react'
import type { Range } from '../api/model.ts'
import { useFormat } from '../i18n/use-format.ts'
import { type Text, useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import { Popover } from './popover.tsx'
import { between, daysOf, kindOfRange, presets } from './range.ts'
import style from './range-picker.module.css'

type RangePickerProps = {
  readonly range: Range
  readonly onChange: (range: Range) => void
}

/** Chooses the days that a report is about, in the zone of the workspace. */
export function RangePicker({ range, onChange }: RangePickerProps) {
  const text = useText()
  const format = useFormat()
  const zone = range.zone ?? format.zone
  const words = useRangeWords(range)
  const chosen = kindOfRange(range)
  const [days, setDays] = useState(chosen.kind === 'between' ? chosen.days : { from: '', to: '' })
  const isWhole = days.from !== '' && days.to !== ''
  return (
    <Popover
      label={text('range.choose')}
      side="bottom-end"
      target={(target) => (
        <Button {...target} icon="calendar">
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
          <form
            className={style.days}
            onSubmit={(event) => {
              event.preventDefault()
              if (!isWhole) return
              onChange(between(days.from, days.to, zone))
              close()
            }}
          >
            <TextField size="s" type="date" label={text('range.from')} value={days.from} onChange={(from) => setDays({ ...days, from })} />
            <TextField size="s" type="date" label={text('range.to')} value={days.to} onChange={(to) => setDays({ ...days, to })} />
            <Button type="submit" look="primary" refused={isWhole ? undefined : text('range.both')}>
              {text('range.apply')}
            </Button>
            <p className={style.zone}>{text('range.zone', { zone })}</p>
          </form>
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
