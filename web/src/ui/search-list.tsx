import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { hasWords } from '../lib/fold.ts'
import { Icon } from './icon.tsx'
import style from './search-list.module.css'

export type Option = {
  readonly key: string
  readonly title: string
  readonly group?: string
  readonly note?: string
  readonly sign?: ReactNode
}

type SearchListProps = {
  readonly label: string
  readonly options: readonly Option[]
  /** Keys of what is chosen. None given: a press chooses one and is done. */
  readonly chosen?: ReadonlySet<string>
  readonly onChoose: (key: string) => void
  /** Takes a text that no option has, where that makes sense. */
  readonly onOther?: (text: string) => void
  /** Called as the text changes, where options come from the server. */
  readonly onSearch?: (text: string) => void
}

/** More are never shown at once: a longer list is searched, not scrolled. */
const OPTIONS_MAX = 120

/** A list that is searched by typing, with one or many chosen. */
export function SearchList({ label, options, chosen, onChoose, onOther, onSearch }: SearchListProps) {
  const text = useText()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [search, setSearch] = useState('')
  const [at, setAt] = useState(0)
  const found = options.filter((it) => hasWords(`${it.title} ${it.note ?? ''}`, search.trim()))
  const shown = found.slice(0, OPTIONS_MAX)
  const here = shown[Math.min(at, shown.length - 1)]
  const other = search.trim()
  const canAddOther = onOther !== undefined && other !== '' && !options.some((it) => it.title === other)

  useEffect(() => {
    list.current?.querySelector('[data-at]')?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (move !== undefined && shown.length > 0) {
      event.preventDefault()
      setAt((Math.min(at, shown.length - 1) + move + shown.length) % shown.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (here !== undefined) onChoose(here.key)
      else if (canAddOther) onOther(other)
    }
  }

  return (
    <div className={style.box}>
      <div className={style.search}>
        <Icon name="search" size={14} />
        <input
          value={search}
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}list`}
          aria-activedescendant={here === undefined ? undefined : `${id}${here.key}`}
          placeholder={text('look.search')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onKeyDown={press}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            setAt(0)
            onSearch?.(event.currentTarget.value)
          }}
        />
      </div>
      <div ref={list} id={`${id}list`} role="listbox" aria-label={label} aria-multiselectable={chosen !== undefined} className={style.list}>
        {shown.map((option, index) => (
          <Fragment key={option.key}>
            {option.group !== undefined && option.group !== shown[index - 1]?.group && (
              <div role="presentation" className={style.group}>
                {option.group}
              </div>
            )}
            <div
              id={`${id}${option.key}`}
              role="option"
              aria-selected={chosen === undefined ? option === here : chosen.has(option.key)}
              data-at={option === here || undefined}
              className={style.option}
              onPointerMove={() => setAt(index)}
              onClick={() => onChoose(option.key)}
            >
              {chosen !== undefined && (
                <span className={style.tick}>
                  <Icon name="check" size={11} />
                </span>
              )}
              {option.sign}
              <span className={style.title}>{option.title}</span>
              {option.note !== undefined && <span className={style.note}>{option.note}</span>}
            </div>
          </Fragment>
        ))}
        {found.length > OPTIONS_MAX && <p className={style.none}>{text('look.moreFound', { count: found.length - OPTIONS_MAX })}</p>}
        {shown.length === 0 && !canAddOther && <p className={style.none}>{text('look.noneFound')}</p>}
        {canAddOther && (
          <div role="option" aria-selected="false" className={style.option} data-at={shown.length === 0 || undefined} onClick={() => onOther(other)}>
            <Icon name="plus" size={13} />
            <span className={style.title}>{text('look.useOther', { text: other })}</span>
          </div>
        )}
      </div>
    </div>
  )
}
