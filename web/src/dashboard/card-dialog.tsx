import { useId, useState } from 'react'
import type { Tile } from '../api/dashboard.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import style from './board.module.css'

/** As many letters as the server takes. */
const [TITLE_MAX, NOTE_MAX, TEXT_MAX] = [100, 2000, 4000]

type CardDialogProps = {
  readonly heading: string
  readonly tile: Omit<Tile, 'id'>
  /** What a card without a title of its own is called. */
  readonly usualTitle?: string
  readonly onSave: (change: Pick<Tile, 'title' | 'note' | 'content'>) => void
  readonly onClose: () => void
}

/** Title and note of a card, and its text where it has one. */
export function CardDialog({ heading, tile, usualTitle = '', onSave, onClose }: CardDialogProps) {
  const text = useText()
  const form = useId()
  const [title, setTitle] = useState(tile.title ?? '')
  const [note, setNote] = useState(tile.note ?? '')
  const [words, setWords] = useState('text' in tile.content ? tile.content.text : '')
  const isText = 'text' in tile.content
  const isEmpty = isText && words.trim() === '' && title.trim() === ''
  return (
    <Dialog
      title={heading}
      width={520}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" refused={isEmpty ? text('dashboard.writeFirst') : undefined}>
            {text('look.keep')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isEmpty) return
          onSave({ title: title.trim(), note: isText ? '' : note.trim(), content: isText ? { text: words.trim() } : tile.content })
          onClose()
        }}
      >
        <TextField label={text('report.title')} placeholder={usualTitle} autoFocus maxLength={TITLE_MAX} value={title} onChange={setTitle} />
        {isText ? (
          <TextArea label={text('dashboard.text')} hint={text('dashboard.textHint')} rows={8} maxLength={TEXT_MAX} value={words} onChange={setWords} />
        ) : (
          <TextArea label={text('dashboard.note')} hint={text('dashboard.noteHint')} rows={3} maxLength={NOTE_MAX} value={note} onChange={setNote} />
        )}
      </form>
    </Dialog>
  )
}
