import { type ReactNode, useState } from 'react'
import { useText } from '../i18n/use-text.ts'
import { asShown } from '../lib/fold.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

type ConfirmDeleteProps = {
  readonly title: string
  /** What is lost, and whether it can come back. */
  readonly note: string
  readonly action: string
  /** Set where a mistake would be dear: the name has to be typed. */
  readonly typed?: string
  /** What else there is to choose. */
  readonly children?: ReactNode
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks once more before something is gone. */
export function ConfirmDelete({ title, note, action, typed, children, onConfirm, onClose }: ConfirmDeleteProps) {
  const text = useText()
  const [name, setName] = useState('')
  const isRefused = typed !== undefined && asShown(name) !== asShown(typed)
  return (
    <Dialog
      title={title}
      width={440}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text('look.cancel')}</Button>
          <Button
            look="danger"
            refused={isRefused ? text('look.typeFirst', { name: typed }) : undefined}
            onClick={() => {
              onConfirm()
              onClose()
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      <p>{note}</p>
      {children}
      {typed !== undefined && (
        <div style={{ marginTop: 'var(--space-4)' }}>
          <TextField label={text('look.typeToConfirm', { name: typed })} value={name} autoComplete="off" onChange={setName} />
        </div>
      )}
    </Dialog>
  )
}
