import { useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import style from './identity.module.css'
import { limitOf } from './policy.ts'

type LimitProps = {
  readonly label: string
  readonly value: number | null | undefined
  readonly min?: number
  /** What an empty field means. */
  readonly none?: string
  readonly onChange: (value: number | null) => void
}

/** A whole number, or nothing for no limit. */
export function Limit({ label, value, min = 1, none, onChange }: LimitProps) {
  const text = useText()
  const [typed, setTyped] = useState<string | null>(null)
  const shown = typed ?? (value == null ? '' : String(value))
  const isFaulty = limitOf(shown, min) === undefined
  return (
    <input
      className={style.limit}
      inputMode="numeric"
      aria-label={label}
      aria-invalid={isFaulty}
      {...(isFaulty ? { 'aria-description': text('identity.limitFault', { min }) } : {})}
      placeholder={none ?? text('identity.noLimit')}
      value={shown}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        const limit = limitOf(event.currentTarget.value, min)
        if (limit !== undefined) onChange(limit)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}
