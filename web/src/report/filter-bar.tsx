import { type ReactNode, useId } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import style from './people-filter.module.css'

type FilterBarProps = {
  readonly label: string
  readonly icon: IconName
  readonly name: string
  /** What is chosen, in words. */
  readonly words: string
  /** Whether anything is. */
  readonly isSome: boolean
  readonly isOpen: boolean
  readonly onToggle: () => void
  /** What takes the choice back is called, and does. */
  readonly clearLabel: string
  readonly onClear: () => void
  /** The editor, while it is open. */
  readonly children: ReactNode
}

/** Says in a line what a page is narrowed to, and opens its editor in place. */
export function FilterBar({ label, icon, name, words, isSome, isOpen, onToggle, clearLabel, onClear, children }: FilterBarProps) {
  const id = useId()
  return (
    <section className={style.filter} aria-label={label} data-some={isSome || undefined}>
      <div className={style.head}>
        <button type="button" className={style.open} aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={onToggle}>
          <Icon name={icon} size={15} />
          <span className={style.words}>
            <span className={style.name}>{name}</span> <span>{words}</span>
          </span>
          <Icon name={isOpen ? 'up' : 'down'} size={13} />
        </button>
        {isSome && (
          <Button size="s" look="quiet" icon="close" onClick={onClear}>
            {clearLabel}
          </Button>
        )}
      </div>
      {isOpen && (
        <div id={id} className={style.editor}>
          {children}
        </div>
      )}
    </section>
  )
}
