import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { accepted, complete, type Completions, type Known } from './completion.ts'
import { CompletionList } from './completion-list.tsx'
import style from './sql-editor.module.css'
import colors from '../ui/sql-text.module.css'
import { type Part, type Word, wordsOf } from '../lib/sql-words.ts'

type SqlEditorProps = {
  readonly sql: string
  readonly known: Known
  /** Where the last answer says that something is wrong. */
  readonly fault: Part | null
  readonly onChange: (sql: string) => void
  readonly onRun: () => void
  readonly area: RefObject<HTMLTextAreaElement | null>
}

type Open = { readonly found: Completions; readonly at: number; readonly caret: number }

/** A statement with its words colored. The letters that are seen lie under a plain text field with the same letters. */
export function SqlEditor({ sql, known, fault, onChange, onRun, area }: SqlEditorProps) {
  const text = useText()
  const id = useId()
  const [open, setOpen] = useState<Open | null>(null)
  const place = useRef<number | null>(null)
  useLayoutEffect(() => {
    // A controlled field puts its caret at the end when its text is replaced.
    if (place.current === null) return
    area.current?.setSelectionRange(place.current, place.current)
    place.current = null
  }, [sql, area])

  const offer = (next: string, caret: number, asked: boolean) => {
    const found = complete(next, caret, known, asked)
    setOpen(found.list.length === 0 ? null : { found, at: 0, caret })
  }
  const accept = (at: number) => {
    const completion = open?.found.list[at]
    if (open === null || completion === undefined) return
    const next = accepted(sql, open.found, completion)
    place.current = next.caret
    onChange(next.sql)
    setOpen(null)
  }
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
      event.preventDefault()
      setOpen(null)
      onRun()
    } else if (event.ctrlKey && event.key === ' ') {
      event.preventDefault()
      offer(sql, event.currentTarget.selectionStart, true)
    } else if (open !== null) {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      const count = open.found.list.length
      if (move !== undefined) setOpen({ ...open, at: (open.at + move + count) % count })
      else if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) accept(open.at)
      else if (event.key === 'Escape') setOpen(null)
      else return
      event.preventDefault()
      event.stopPropagation()
    }
  }

  return (
    <div className={style.editor}>
      <div className={style.sheet}>
        <Letters sql={sql} fault={fault} caret={open?.found.from ?? null} caretId={`${id}caret`} />
        <textarea
          ref={area}
          className={style.field}
          value={sql}
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-label={text('sql.statement')}
          aria-description={text('sql.keys')}
          aria-autocomplete="list"
          aria-controls={open === null ? undefined : `${id}list`}
          aria-activedescendant={open === null ? undefined : `${id}list${open.at}`}
          placeholder={text('sql.placeholder')}
          onKeyDown={press}
          onChange={(event) => {
            const { value, selectionStart } = event.currentTarget
            onChange(value)
            offer(value, selectionStart, false)
          }}
          onSelect={(event) => {
            // The caret has left the word that was completed.
            const caret = event.currentTarget.selectionStart
            if (open !== null && (caret < open.found.from || caret > open.found.to + Math.max(0, caret - open.caret))) setOpen(null)
          }}
          onBlur={() => setOpen(null)}
        />
        {open !== null && <CompletionList id={`${id}list`} anchorId={`${id}caret`} list={open.found.list} at={open.at} onAccept={accept} />}
      </div>
    </div>
  )
}

type LettersProps = { readonly sql: string; readonly fault: Part | null; readonly caret: number | null; readonly caretId: string }

/** What is seen of the statement. */
function Letters({ sql, fault, caret, caretId }: LettersProps) {
  const line = useRef<HTMLElement>(null)
  useEffect(() => {
    if (fault !== null) line.current?.scrollIntoView({ block: 'nearest' })
  }, [fault])
  return (
    <pre className={style.letters} aria-hidden="true">
      {wordsOf(sql).map((word) => {
        const isFault = fault !== null && fault.from <= word.from && word.from < fault.to
        return (
          <span key={word.from} ref={isFault ? line : undefined} className={colors[word.kind]} data-fault={isFault || undefined}>
            {caret !== null && word.from <= caret && caret < word.from + word.text.length ? split(word, caret, caretId) : word.text}
          </span>
        )
      })}
      {caret !== null && caret >= sql.length && <i id={caretId} />}
      {/* A last line that is empty has a height only with something in it. */}
      {'\n'}
    </pre>
  )
}

function split(word: Word, caret: number, caretId: string) {
  return (
    <>
      {word.text.slice(0, caret - word.from)}
      <i id={caretId} />
      {word.text.slice(caret - word.from)}
    </>
  )
}
