import { useId, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

type RenameDialogProps = {
  readonly title: string
  readonly name: string
  readonly onRename: (name: string) => void
  readonly onClose: () => void
}

/** Asks for one name. */
export function RenameDialog({ title, name, onRename, onClose }: RenameDialogProps) {
  const text = useText()
  const form = useId()
  const [value, setValue] = useState(name)
  return (
    <Dialog
      title={title}
      width={420}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button type="submit" form={form} look="primary" refused={value.trim() === '' ? text('look.nameFirst') : undefined}>
            {text('look.keep')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (value.trim() === '') return
          onRename(value.trim())
          onClose()
        }}
      >
        <TextField label={text('look.name')} autoFocus maxLength={200} value={value} onChange={setValue} />
      </form>
    </Dialog>
  )
}
