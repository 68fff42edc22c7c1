import type { ReactNode } from 'react'
import style from './outlook.module.css'

/** What a change would do, before it is made. */
export function Outlook({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={style.outlook} role="status" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
