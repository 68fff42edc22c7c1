import { useEffect, useRef, useState } from 'react'
import { Icon } from './icon.tsx'
import style from './search-field.module.css'

type SearchFieldProps = {
  readonly label: string
  readonly value: string
  /** Called once the typing rests, and never while an input method composes. */
  readonly onSearch: (text: string) => void
}

const REST_MS = 220

/** A box that searches as one types. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const isComposing = useRef(false)
  const search = useRef(onSearch)
  search.current = onSearch
  useEffect(() => {
    if (text === value || isComposing.current) return
    const timer = setTimeout(() => search.current(text.trim()), REST_MS)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <div className={style.box} role="search">
      <Icon name="search" size={15} />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onCompositionStart={() => {
          isComposing.current = true
        }}
        onCompositionEnd={(event) => {
          isComposing.current = false
          setText(event.currentTarget.value)
          search.current(event.currentTarget.value.trim())
        }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </div>
  )
}
