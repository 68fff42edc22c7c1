import { useLayoutEffect, useRef } from 'react'
import { useText } from '../i18n/use-text.ts'
import { place } from '../ui/place.ts'
import type { Completion } from './completion.ts'
import style from './sql-editor.module.css'

type CompletionListProps = {
  readonly id: string
  /** The element at the caret. */
  readonly anchorId: string
  readonly list: readonly Completion[]
  readonly at: number
  readonly onAccept: (at: number) => void
}

/** What can follow at the caret. The focus stays in the text; its field says which entry is meant. */
export function CompletionList({ id, anchorId, list, at, onAccept }: CompletionListProps) {
  const text = useText()
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const [shown, anchor] = [box.current, document.getElementById(anchorId)]
    if (shown === null || anchor === null) return
    if (!shown.matches(':popover-open')) shown.showPopover()
    const view = { width: innerWidth, height: innerHeight }
    const spot = place(anchor.getBoundingClientRect(), shown.getBoundingClientRect(), view, 'bottom-start', 6)
    shown.style.left = `${spot.left}px`
    shown.style.top = `${spot.top}px`
  }, [anchorId, list])
  useLayoutEffect(() => {
    box.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at, list])
  return (
    <div ref={box} id={id} popover="manual" role="listbox" aria-label={text('sql.completions')} className={style.list}>
      {list.map((it, index) => (
        <div
          key={`${it.kind} ${it.insert}`}
          id={`${id}${index}`}
          role="option"
          aria-selected={index === at}
          className={style.option}
          // A press must not take the focus out of the text.
          onPointerDown={(event) => {
            event.preventDefault()
            onAccept(index)
          }}
        >
          <span className={style.dot} data-kind={it.kind} />
          <span className={style.label}>{it.label}</span>
          <span className={style.kind}>{it.note ?? text(`sql.kind.${it.kind}`)}</span>
        </div>
      ))}
    </div>
  )
}
