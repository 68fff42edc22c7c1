import style from './segments.module.css'
import { Icon, type IconName } from './icon.tsx'

export type Segment<Value extends string> = { readonly value: Value; readonly label: string; readonly icon?: IconName }

type SegmentsProps<Value extends string> = {
  readonly label: string
  readonly value: Value
  readonly segments: readonly Segment<Value>[]
  readonly onChange: (value: Value) => void
}

/** One of two to five, all in sight. */
export function Segments<Value extends string>({ label, value, segments, onChange }: SegmentsProps<Value>) {
  return (
    <div className={style.segments} role="radiogroup" aria-label={label}>
      {segments.map((segment, index) => (
        <button
          key={segment.value}
          type="button"
          role="radio"
          aria-checked={segment.value === value}
          tabIndex={segment.value === value ? 0 : -1}
          className={style.segment}
          onClick={() => onChange(segment.value)}
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
            const next = step === undefined ? undefined : segments[(index + step + segments.length) % segments.length]
            if (next === undefined) return
            event.preventDefault()
            onChange(next.value)
            const buttons = event.currentTarget.parentElement?.querySelectorAll('button')
            buttons?.[segments.indexOf(next)]?.focus()
          }}
        >
          {segment.icon !== undefined && <Icon name={segment.icon} size={14} />}
          {segment.label}
        </button>
      ))}
    </div>
  )
}
