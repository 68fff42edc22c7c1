import { type CSSProperties, type ReactNode, useEffect, useId, useRef } from 'react'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from './button.tsx'
import style from './dialog.module.css'

type FrameProps = {
  readonly labelledBy?: string
  readonly label?: string
  readonly width: number
  readonly top?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** An empty dialog: the page behind it rests, Escape and a press beside it close it. */
export function DialogFrame({ labelledBy, label, width, top = false, onClose, children }: FrameProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const size: CSSProperties & Record<'--dialog-width', string> = { '--dialog-width': `${width}px` }
  return (
    <dialog
      ref={dialog}
      className={top ? `${style.dialog} ${style.top}` : style.dialog}
      style={size}
      aria-label={label}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        if (event.target === dialog.current) onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      {children}
    </dialog>
  )
}

type DialogProps = {
  readonly title: string
  readonly width?: number
  readonly actions?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog with a title and, below, what can be done. */
export function Dialog({ title, width = 520, actions, onClose, children }: DialogProps) {
  const text = useText()
  const id = useId()
  return (
    <DialogFrame labelledBy={id} width={width} onClose={onClose}>
      <div className={style.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" size="s" label={text('look.close')} onClick={onClose} />
      </div>
      <div className={style.body}>{children}</div>
      {actions !== undefined && <div className={style.foot}>{actions}</div>}
    </DialogFrame>
  )
}
