import { type CSSProperties, type ReactNode, useEffect, useId, useRef } from 'react'
import { useText } from '../i18n/use-text.ts'
import { IconButton } from './button.tsx'
import style from './side-panel.module.css'

type SidePanelProps = {
  readonly title: string
  readonly note?: ReactNode
  readonly width?: number
  readonly actions?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A panel at the right. The page beside it stays usable; Escape closes, and the focus goes back where it was. */
export function SidePanel({ title, note, width = 480, actions, onClose, children }: SidePanelProps) {
  const text = useText()
  const id = useId()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const size: CSSProperties & Record<'--panel-width', string> = { '--panel-width': `${width}px` }
  return (
    <aside
      ref={panel}
      className={style.panel}
      style={size}
      aria-labelledby={id}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.stopPropagation()
        onClose()
      }}
    >
      <header className={style.head}>
        <div className={style.words}>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p>{note}</p>}
        </div>
        {actions}
        <IconButton icon="close" label={text('look.close')} onClick={onClose} />
      </header>
      <div className={style.body}>{children}</div>
    </aside>
  )
}
