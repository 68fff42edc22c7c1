import { useId, useState } from 'react'
import { type Method, methods, type Study } from '../api/research.ts'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { toastFailure } from '../ui/toast.tsx'
import style from './research.module.css'

/** As many letters as the server takes. */
const [TITLE_MAX, DESCRIPTION_MAX] = [100, 2_000]

type StudyDialogProps = {
  readonly heading: string
  readonly study: Study
  readonly onSave: (study: Study) => Promise<void>
  readonly onClose: () => void
}

/** What a study is called, how and when it was made. */
export function StudyDialog({ heading, study, onSave, onClose }: StudyDialogProps) {
  const text = useText()
  const form = useId()
  const [title, setTitle] = useState(study.title)
  const [method, setMethod] = useState<Method>(study.method)
  const [day, setDay] = useState(study.day)
  const [description, setDescription] = useState(study.description ?? '')
  const [isBusy, setBusy] = useState(false)
  const refused = title.trim() === '' ? text('look.nameFirst') : day === '' ? text('research.dayFirst') : undefined
  const save = async () => {
    setBusy(true)
    try {
      await onSave({ title: title.trim(), method, day, description: description.trim() })
    } catch (error) {
      toastFailure(error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={heading}
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
        <TextField label={text('research.title')} autoFocus maxLength={TITLE_MAX} value={title} onChange={setTitle} />
        <SelectField label={text('research.methodLabel')} value={method} choices={methods.map((it) => ({ value: it, label: text(`research.method.${it}`) }))} onChange={setMethod} />
        <TextField label={text('research.day')} type="date" value={day} onChange={setDay} />
        <TextArea label={text('research.description')} hint={text('research.descriptionHint')} rows={4} maxLength={DESCRIPTION_MAX} value={description} onChange={setDescription} />
      </form>
    </Dialog>
  )
}
