import { type ComponentProps, type KeyboardEvent, useEffect, useRef } from 'react'
import type { Cell } from '../canvas/grid-keys.ts'
import { useText } from '../i18n/use-text.ts'
import { lanesOf } from './edit.ts'
import { useEditor, useEditorState } from './editor.ts'
import style from './grid.module.css'
import type { WrittenKey } from './rows.ts'

type WrittenCellProps = ComponentProps<'div'> & {
  readonly lane: WrittenKey
  readonly step: string
  readonly title: string
  readonly at: Cell
}

/** A cell that people write. Enter or a press begins, Escape gives up, Enter again keeps, Shift+Enter makes a line. */
export function WrittenCell({ lane, step, title, at, className, ...rest }: WrittenCellProps) {
  const text = useText()
  const editor = useEditor()
  const written = useEditorState((state) => lanesOf(state.history.present).find((it) => it.kind === lane)?.cells?.[step] ?? '')
  const isWriting = useEditorState((state) => state.writing?.row === at.row && state.writing.column === at.column)
  const canEdit = useEditorState((state) => state.canEdit)
  const cell = useRef<HTMLDivElement>(null)
  const done = (value: string | null) => {
    if (value !== null) editor.act({ kind: 'edit', edit: { kind: 'write_cell', lane, step, text: value } })
    editor.act({ kind: 'write', at: null })
    requestAnimationFrame(() => cell.current?.focus())
  }
  return (
    <div
      {...rest}
      ref={cell}
      className={`${className} ${style.written}`}
      data-editable={canEdit || undefined}
      onDoubleClick={() => editor.act({ kind: 'write', at })}
    >
      {isWriting ? (
        <CellEditor label={text('map.writeCell', { lane: text(`map.row.${lane}.name`), step: title })} value={written} onDone={done} />
      ) : written === '' ? (
        canEdit && (
          <span className={style.hint} aria-hidden="true">
            {text('map.write')}
          </span>
        )
      ) : (
        written
      )}
    </div>
  )
}

type CellEditorProps = { readonly label: string; readonly value: string; readonly onDone: (value: string | null) => void }

function CellEditor({ label, value, onDone }: CellEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const isDone = useRef(false)
  useEffect(() => {
    area.current?.focus()
    area.current?.setSelectionRange(value.length, value.length)
  }, [value.length])
  const finish = (result: string | null) => {
    if (isDone.current) return
    isDone.current = true
    onDone(result)
  }
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation()
    // While an input method composes, Enter and Escape are its keys.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Escape') finish(null)
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      finish(event.currentTarget.value)
    }
  }
  return (
    <textarea
      ref={area}
      className={style.editor}
      aria-label={label}
      defaultValue={value}
      maxLength={2_000}
      onKeyDown={press}
      onBlur={(event) => finish(event.currentTarget.value)}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  )
}
