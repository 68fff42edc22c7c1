import { type ComponentProps, type ReactNode, type RefObject, useCallback, useEffect, useId, useRef, useState } from 'react'
import type { Side } from './place.ts'
import style from './popover.module.css'
import { useFloating } from './use-floating.ts'

/** What the button that opens the panel must be given. */
export type PopoverTarget = Pick<ComponentProps<'button'>, 'ref' | 'onClick' | 'aria-haspopup' | 'aria-expanded' | 'aria-controls'>

type PopoverProps = {
  readonly label: string
  readonly side?: Side
  readonly target: (target: PopoverTarget) => ReactNode
  readonly children: (close: () => void) => ReactNode
}

/** A small panel behind a button. The focus goes in, and comes back when it closes. */
export function Popover({ label, side = 'bottom-start', target, children }: PopoverProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  const close = useCallback((refocus: boolean) => {
    setOpen(false)
    if (refocus) button.current?.focus()
  }, [])
  return (
    <>
      {target({
        ref: button,
        onClick: () => setOpen(!isOpen),
        'aria-haspopup': 'dialog',
        'aria-expanded': isOpen,
        'aria-controls': isOpen ? id : undefined,
      })}
      {isOpen && (
        <Panel id={id} label={label} side={side} anchor={button} onClose={close}>
          {children(() => close(true))}
        </Panel>
      )}
    </>
  )
}

type PanelProps = {
  readonly id: string
  readonly label: string
  readonly side: Side
  readonly anchor: RefObject<HTMLElement | null>
  readonly onClose: (refocus: boolean) => void
  readonly children: ReactNode
}

function Panel({ id, label, side, anchor, onClose, children }: PanelProps) {
  const panel = useFloating<HTMLDivElement>(anchor, side, onClose)
  useEffect(() => {
    const wished = panel.current?.querySelector<HTMLElement>('[data-autofocus], input, select, textarea, button, [tabindex="0"]')
    ;(wished ?? panel.current)?.focus()
  }, [panel])
  return (
    <div
      ref={panel}
      id={id}
      popover="manual"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={style.panel}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.stopPropagation()
        event.preventDefault()
        onClose(true)
      }}
    >
      {children}
    </div>
  )
}
