import { useId, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

type ReasonDialogProps = {
  readonly title: string
  /** What will happen. */
  readonly note: string
  readonly action: string
  readonly onDecide: (why: string) => void
  readonly onClose: () => void
}

/** Asks why something is done that others will want to understand later. */
export function ReasonDialog({ title, note, action, onDecide, onClose }: ReasonDialogProps) {
  const text = useText()
  const form = useId()
  const [why, setWhy] = useState('')
  return (
    <Dialog
      title={title}
      width={460}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" refused={why.trim() === '' ? text('identity.whyFirst') : undefined}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (why.trim() === '') return
          onDecide(why.trim())
          onClose()
        }}
      >
        <p>{note}</p>
        <TextField label={text('identity.why')} hint={text('identity.whyHint')} autoFocus maxLength={500} value={why} onChange={setWhy} />
      </form>
    </Dialog>
  )
}
