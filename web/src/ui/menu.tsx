import { type ComponentProps, type KeyboardEvent, type ReactNode, type RefObject, useCallback, useEffect, useId, useRef, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'
import style from './menu.module.css'
import { useFloating } from './use-floating.ts'

export type MenuItem = {
  readonly key: string
  readonly label: string
  readonly icon?: IconName
  readonly danger?: boolean
  /** Set when the item is one of a choice. */
  readonly chosen?: boolean
  /** Why it cannot be used now. */
  readonly refused?: string | undefined
  readonly run: () => void
}

export type MenuGroup = { readonly label?: string; readonly items: readonly MenuItem[] }

/** What the button that opens the menu must be given. */
export type MenuTarget = Pick<ComponentProps<'button'>, 'ref' | 'onClick' | 'onKeyDown' | 'aria-haspopup' | 'aria-expanded' | 'aria-controls'>

type MenuProps = {
  readonly label: string
  readonly groups: readonly MenuGroup[]
  readonly side?: 'bottom-start' | 'bottom-end'
  readonly children: (target: MenuTarget) => ReactNode
}

/** A list of commands behind a button. Arrows move, letters jump, Escape closes and gives the focus back. */
export function Menu({ label, groups, side = 'bottom-start', children }: MenuProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  const close = useCallback((refocus: boolean) => {
    setOpen(false)
    if (refocus) button.current?.focus()
  }, [])
  return (
    <>
      {children({
        ref: button,
        onClick: () => setOpen(!isOpen),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpen(true)
        },
        'aria-haspopup': 'menu',
        'aria-expanded': isOpen,
        'aria-controls': isOpen ? id : undefined,
      })}
      {isOpen && <List id={id} label={label} groups={groups} side={side} anchor={button} onClose={close} />}
    </>
  )
}

type ListProps = Pick<MenuProps, 'label' | 'groups'> & {
  readonly id: string
  readonly side: 'bottom-start' | 'bottom-end'
  readonly anchor: RefObject<HTMLElement | null>
  readonly onClose: (refocus: boolean) => void
}

function List({ id, label, groups, side, anchor, onClose }: ListProps) {
  const list = useFloating<HTMLDivElement>(anchor, side, onClose)
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]

  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[aria-checked=true]')
    const first = list.current?.querySelector<HTMLElement>('[role^=menuitem]')
    ;(chosen ?? first)?.focus()
  }, [list])

  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const all = items()
    const at = all.findIndex((it) => it === document.activeElement)
    const to = (index: number) => {
      event.preventDefault()
      all[(index + all.length) % all.length]?.focus()
    }
    if (event.key === 'ArrowDown') to(at + 1)
    else if (event.key === 'ArrowUp') to(at - 1)
    else if (event.key === 'Home') to(0)
    else if (event.key === 'End') to(all.length - 1)
    else if (event.key === 'Escape') {
      event.stopPropagation()
      onClose(true)
    } else if (event.key === 'Tab') onClose(true)
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase()
      const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((it) => it.textContent.toLowerCase().startsWith(letter))
      next?.focus()
    }
  }

  return (
    <div ref={list} popover="manual" id={id} role="menu" aria-label={label} className={style.menu} onKeyDown={press}>
      {groups.map((group, index) => (
        <div key={group.label ?? index} role="group" aria-label={group.label} className={style.group}>
          {group.label !== undefined && (
            <div className={style.label} aria-hidden="true">
              {group.label}
            </div>
          )}
          {group.items.map((item) => (
            <button
              key={item.key}
              type="button"
              role={item.chosen === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.chosen}
              aria-disabled={item.refused !== undefined || undefined}
              aria-description={item.refused}
              data-tip={item.refused}
              data-danger={item.danger === true || undefined}
              tabIndex={-1}
              className={style.item}
              onPointerEnter={(event) => event.currentTarget.focus({ preventScroll: true })}
              onClick={() => {
                if (item.refused !== undefined) return
                onClose(true)
                item.run()
              }}
            >
              {item.icon !== undefined && <Icon name={item.icon} size={15} />}
              <span className={style.words}>{item.label}</span>
              {item.chosen === true && (
                <span className={style.mark}>
                  <Icon name="check" size={14} />
                </span>
              )}
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}
