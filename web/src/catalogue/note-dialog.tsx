import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { changeNote, type Note, type NoteChange } from '../api/catalogue.ts'
import { canEditMaps } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './catalogue.module.css'

type NoteDialogProps = {
  readonly title: string
  readonly note: Note
  readonly about: Omit<NoteChange, 'note'>
  readonly onClose: () => void
}

/** Asks what an event or a property means, and who looks after it. */
export function NoteDialog({ title, note, about, onClose }: NoteDialogProps) {
  const text = useText()
  const { id: ws, role } = useWorkspace()
  const form = useId()
  const [owner, setOwner] = useState(note.owner ?? '')
  const [meaning, setMeaning] = useState(note.meaning ?? '')
  const save = useMutation({ mutationFn: () => changeNote(ws, { ...about, note: { owner, meaning } }), onSuccess: onClose, onError: toastFailure })
  const refused = canEditMaps(role) ? undefined : text('catalogue.editorsOnly')
  return (
    <Dialog
      title={title}
      width={480}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" refused={refused} aria-busy={save.isPending}>
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
          if (refused === undefined) save.mutate()
        }}
      >
        <TextArea label={text('catalogue.meaning')} autoFocus rows={4} maxLength={1000} value={meaning} onChange={setMeaning} />
        <TextField label={text('catalogue.owner')} hint={text('catalogue.ownerHint')} maxLength={200} value={owner} onChange={setOwner} />
      </form>
    </Dialog>
  )
}
