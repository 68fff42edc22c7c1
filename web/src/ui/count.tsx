import { useFormat } from '../i18n/use-format.ts'
import { useText } from '../i18n/use-text.ts'
import style from './count.module.css'
import { type PeopleTarget, useOpenPeople } from './people.ts'

type CountProps = {
  readonly value: number
  readonly people: PeopleTarget
  readonly compact?: boolean
  /** Shown instead of the plain number, such as its share. */
  readonly shown?: string
  readonly tabIndex?: number
}

/** A number of profiles. Pressing it opens them. */
export function Count({ value, people, compact = false, shown, tabIndex }: CountProps) {
  const text = useText()
  const format = useFormat()
  const open = useOpenPeople()
  const words = shown ?? (compact ? format.compact(value) : format.count(value))
  if (open === null) return <span className="tabular">{words}</span>
  return (
    <button
      type="button"
      className={style.count}
      tabIndex={tabIndex}
      aria-label={text('people.open', { shown: words, title: people.title })}
      onClick={(event) => {
        event.stopPropagation()
        open(people)
      }}
    >
      {words}
    </button>
  )
}

/** Between what the true value most likely lies. */
export function Interval({ low, high, shown }: { readonly low: number; readonly high: number; readonly shown: (value: number) => string }) {
  const text = useText()
  return (
    <span className={style.interval} data-tip={text('number.interval')}>
      {text('number.between', { low: shown(low), high: shown(high) })}
    </span>
  )
}
