import { Fragment, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { DialogFrame } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import style from './palette.module.css'
import { usePalette } from './use-palette.ts'

/** One box that leads everywhere: pages, maps, profiles and commands. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const text = useText()
  const id = useId()
  const [search, setSearch] = useState('')
  const [at, setAt] = useState(0)
  const entries = usePalette(search)
  const chosen = entries[Math.min(at, entries.length - 1)]
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const press = (event: KeyboardEvent) => {
    // Enter and Escape belong to the input method while it is composing.
    if (event.nativeEvent.isComposing || event.keyCode === 229) {
      event.stopPropagation()
      return
    }
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      if (entries.length > 0) setAt((Math.min(at, entries.length - 1) + move + entries.length) % entries.length)
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault()
      onClose()
      chosen.run()
    }
  }

  return (
    <DialogFrame label={text('palette.open')} width={560} top onClose={onClose}>
        <div className={style.box}>
          <Icon name="search" />
          <input
            className={style.input}
            value={search}
            placeholder={text('palette.placeholder')}
            aria-label={text('palette.placeholder')}
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}list`}
            aria-activedescendant={chosen === undefined ? undefined : `${id}${chosen.key}`}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            onKeyDown={press}
            onChange={(event) => {
              setSearch(event.currentTarget.value)
              setAt(0)
            }}
          />
        </div>
        <div ref={list} id={`${id}list`} role="listbox" aria-label={text('palette.results')} className={style.list}>
          {entries.map((entry, index) => (
            <Fragment key={entry.key}>
              {entry.group !== entries[index - 1]?.group && (
                <div className={style.group} role="presentation">
                  {entry.group}
                </div>
              )}
              <div
                id={`${id}${entry.key}`}
                role="option"
                aria-selected={entry === chosen}
                className={style.option}
                onPointerMove={() => setAt(index)}
                onClick={() => {
                  onClose()
                  entry.run()
                }}
              >
                <Icon name={entry.icon} />
                <span className={style.title}>{entry.title}</span>
                {entry.note !== undefined && <span className={style.note}>{entry.note}</span>}
              </div>
            </Fragment>
          ))}
          {entries.length === 0 && <p className={style.none}>{text('palette.none')}</p>}
        </div>
    </DialogFrame>
  )
}
