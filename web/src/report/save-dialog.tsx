import { useId, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'

/** As many letters as the server takes. */
const [TITLE_MAX, DESCRIPTION_MAX] = [100, 2000]

type SaveDialogProps = {
  readonly heading: string
  readonly title: string
  readonly description: string
  readonly isBusy: boolean
  readonly onSave: (title: string, description: string) => void
  readonly onClose: () => void
}

/** Asks what a report is called, and what it is for. */
export function SaveDialog({ heading, title, description, isBusy, onSave, onClose }: SaveDialogProps) {
  const text = useText()
  const form = useId()
  const [name, setName] = useState(title)
  const [about, setAbout] = useState(description)
  const isNameless = name.trim() === ''
  return (
    <Dialog
      title={heading}
      width={480}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" aria-busy={isBusy} refused={isNameless ? text('look.nameFirst') : undefined}>
            {text('report.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        style={{ display: 'grid', gap: 'var(--space-4)' }}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isNameless && !isBusy) onSave(name.trim(), about.trim())
        }}
      >
        <TextField label={text('report.title')} autoFocus maxLength={TITLE_MAX} value={name} onChange={setName} />
        <TextArea label={text('report.description')} hint={text('report.descriptionHint')} rows={3} maxLength={DESCRIPTION_MAX} value={about} onChange={setAbout} />
      </form>
    </Dialog>
  )
}
