import { useId, useState } from 'react'
import type { FieldNote } from '../api/research.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { PersonField, SegmentsField } from './link-fields.tsx'
import style from './research.module.css'

/** As many letters as the server takes. */
const [TITLE_MAX, TEXT_MAX] = [100, 200_000]

type NoteDialogProps = {
  readonly heading: string
  readonly note: FieldNote
  readonly onSave: (note: FieldNote) => Promise<void>
  readonly onClose: () => void
}

/** A field note: its text, whom it is about, and when. */
export function NoteDialog({ heading, note: before, onSave, onClose }: NoteDialogProps) {
  const text = useText()
  const form = useId()
  const [note, setNote] = useState(before)
  const [isBusy, setBusy] = useState(false)
  const change = (part: Partial<FieldNote>) => setNote((now) => ({ ...now, ...part }))
  const refused = note.title.trim() === '' ? text('look.nameFirst') : note.text.trim() === '' ? text('research.textFirst') : undefined
  const save = async () => {
    setBusy(true)
    try {
      await onSave({ ...note, title: note.title.trim() })
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={heading}
      width={680}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" aria-busy={isBusy} refused={refused}>
            {text('research.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (refused === undefined && !isBusy) void save()
        }}
      >
        <TextField label={text('research.noteTitle')} autoFocus maxLength={TITLE_MAX} value={note.title} onChange={(title) => change({ title })} />
        <TextArea label={text('research.text')} hint={text('research.textHint')} rows={10} maxLength={TEXT_MAX} value={note.text} onChange={(value) => change({ text: value })} />
        <TextField label={text('research.day')} type="date" value={note.day ?? ''} onChange={(day) => change({ day: day === '' ? null : day })} />
        <WordsField label={text('research.tags')} hint={text('research.tagsHint')} words={note.tags ?? []} onChange={(tags) => change({ tags })} />
        <SegmentsField segments={note.segments ?? []} onChange={(segments) => change({ segments })} />
        <PersonField label={text('research.participant')} person={note.person ?? null} onChange={(person) => change({ person })} />
      </form>
    </Dialog>
  )
}
