import type { ReactNode } from 'react'
import { useText } from '../i18n/use-text.ts'
import { Section } from '../ui/page.tsx'
import style from './contrast.module.css'
import funnelStyle from './funnel.module.css'

type GroupProps = {
  readonly title: string
  readonly note: string
  /** How many there are. */
  readonly count: number
  /** What is said where there are none; without it there is no group then. */
  readonly none?: string | undefined
  /** Whether the list is seen at once. */
  readonly isOpen: boolean
  readonly children: ReactNode
}

/** Those of one standing: findings, what may be chance, what could not be tested. */
export function ContrastGroup({ title, note, count, none, isOpen, children }: GroupProps) {
  const text = useText()
  if (count === 0 && none === undefined) return null
  return (
    <Section title={title} note={note}>
      {count === 0 ? (
        <p className={funnelStyle.hint}>{none}</p>
      ) : isOpen ? (
        children
      ) : (
        <details className={style.more}>
          <summary>{text('drivers.show', { count })}</summary>
          {children}
        </details>
      )}
    </Section>
  )
}
