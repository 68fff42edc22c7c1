import { useEffect, useMemo, useRef, useState } from 'react'
import type { QuoteEntry } from '../api/research.ts'
import { useText } from '../i18n/use-text.ts'
import { piecesOf, type Stretch, stretchOf } from './note-text.ts'
import style from './research.module.css'

type NoteViewProps = {
  readonly words: string
  readonly quotes: readonly QuoteEntry[]
  /** The quote that is looked at. */
  readonly at: number | undefined
  readonly onSelect: (stretch: Stretch | null) => void
  readonly onQuote: (id: number) => void
}

/**
 * The text with its quotes marked. A caret moves through it, so that words can be selected by keyboard as well as by
 * pointer; nothing can be typed.
 */
export function NoteView({ words, quotes, at, onSelect, onQuote }: NoteViewProps) {
  const text = useText()
  const box = useRef<HTMLDivElement>(null)
  // What an input method has put in is thrown away by drawing the text anew.
  const [drawing, setDrawing] = useState(0)
  const pieces = useMemo(() => piecesOf(words, quotes), [words, quotes])
  const select = useRef(onSelect)
  select.current = onSelect

  useEffect(() => {
    const look = () => {
      const stretch = selectedIn(box.current, words)
      if (stretch !== undefined) select.current(stretch)
    }
    document.addEventListener('selectionchange', look)
    return () => document.removeEventListener('selectionchange', look)
  }, [words])

  useEffect(() => {
    const node = box.current
    if (node === null) return
    const refuse = (event: Event) => event.preventDefault()
    node.addEventListener('beforeinput', refuse)
    return () => node.removeEventListener('beforeinput', refuse)
  }, [drawing])

  useEffect(() => {
    if (at === undefined) return
    box.current?.querySelector(`[data-quotes~="${at}"]`)?.scrollIntoView({ block: 'center' })
  }, [at, pieces])

  return (
    <div
      key={drawing}
      ref={box}
      className={style.text}
      role="textbox"
      aria-multiline="true"
      aria-readonly="true"
      aria-label={text('research.textOfNote')}
      tabIndex={0}
      contentEditable
      suppressContentEditableWarning
      spellCheck={false}
      onCompositionEnd={() => setDrawing(drawing + 1)}
      onDrop={(event) => event.preventDefault()}
      onPaste={(event) => event.preventDefault()}
      onCut={(event) => event.preventDefault()}
    >
      {pieces.map((it, index) =>
        it.quotes.length === 0 ? (
          <span key={index}>{it.text}</span>
        ) : (
          <mark key={index} data-quotes={it.quotes.join(' ')} data-at={(at !== undefined && it.quotes.includes(at)) || undefined} onClick={() => onQuote(it.quotes[0] ?? 0)}>
            {it.text}
          </mark>
        ),
      )}
    </div>
  )
}

/** The words that are selected within a box; undefined where the selection is elsewhere. */
function selectedIn(box: HTMLElement | null, words: string): Stretch | null | undefined {
  const selection = document.getSelection()
  if (box === null || selection === null || selection.rangeCount === 0) return undefined
  const range = selection.getRangeAt(0)
  if (!box.contains(range.commonAncestorContainer)) return undefined
  const before = document.createRange()
  before.selectNodeContents(box)
  before.setEnd(range.startContainer, range.startOffset)
  const from = before.toString().length
  return stretchOf(words, from, from + range.toString().length)
}
