import type { ComponentPropsWithRef } from 'react'
import style from './button.module.css'
import { Icon, type IconName } from './icon.tsx'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

type ButtonProps = Omit<ComponentPropsWithRef<'button'>, 'disabled'> & {
  readonly look?: Look
  readonly size?: 's' | 'm' | 'l'
  readonly icon?: IconName
  /** Why the button cannot be used now. It stays reachable, so that the reason can be read. */
  readonly refused?: string | undefined
}

/** A button with words. */
export function Button({ look = 'plain', size = 'm', icon, refused, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(refused === undefined ? {} : { 'data-tip': refused, 'aria-description': refused })}
      className={[style.button, style[look], className].filter(Boolean).join(' ')}
      data-size={size}
      aria-disabled={refused !== undefined || undefined}
      onClick={(event) => {
        if (refused === undefined) onClick?.(event)
        else event.preventDefault()
      }}
    >
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ButtonProps, 'children' | 'icon' | 'size'> & {
  readonly icon: IconName
  readonly label: string
  readonly size?: 's' | 'm'
  readonly shortcut?: string
}

/** A button that only shows a drawing; its name is in the tip, with its shortcut. */
export function IconButton({ icon, label, look = 'quiet', size = 'm', shortcut, refused, className, ...rest }: IconButtonProps) {
  return (
    <Button
      data-tip={label}
      data-tip-keys={shortcut}
      {...rest}
      look={look}
      size={size}
      refused={refused}
      className={[style.icon, className].filter(Boolean).join(' ')}
      aria-label={label}
    >
      <Icon name={icon} size={size === 's' ? 14 : 16} />
    </Button>
  )
}
