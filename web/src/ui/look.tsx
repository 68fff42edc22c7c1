import type { ReactNode } from 'react'
import { useText } from '../i18n/use-text.ts'
import { ApiError, UNREACHABLE } from '../lib/api-error.ts'
import { Button } from './button.tsx'
import { LineArt, type LineArtName } from './line-art.tsx'
import style from './look.module.css'

type EmptyProps = {
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly art?: LineArtName
  readonly small?: boolean
}

/** What a list shows when there is nothing in it: one sentence and what to do next. */
export function Empty({ title, children, actions, art = 'start', small = false }: EmptyProps) {
  return (
    <div className={small ? `${style.look} ${style.small}` : style.look}>
      {!small && <LineArt name={art} />}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className={style.actions}>{actions}</div>}
    </div>
  )
}

/** What is shown while something loads: its shape. */
export function Loading({ rows = 5 }: { readonly rows?: number }) {
  const text = useText()
  return (
    <div className={style.bones} role="status" aria-label={text('look.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={style.bone} style={{ width: `${92 - ((index * 37) % 48)}%` }} />
      ))}
    </div>
  )
}

type FailedProps = { readonly error: unknown; readonly onRetry?: (() => void) | undefined; readonly small?: boolean }

/** What is shown when something failed: what happened, and a way to try again. */
export function Failed({ error, onRetry, small = false }: FailedProps) {
  const text = useText()
  const unreachable = error instanceof ApiError && error.code === UNREACHABLE
  return (
    <div className={small ? `${style.look} ${style.small}` : style.look} role="alert">
      {!small && <LineArt name="broken" />}
      <h2>{unreachable ? text('look.unreachable') : text('look.failed')}</h2>
      <p>{unreachable ? text('look.unreachableHint') : messageOf(error)}</p>
      {error instanceof ApiError && error.faults.length > 0 && (
        <ul>
          {error.faults.map((fault) => (
            <li key={`${fault.place} ${fault.message}`}>
              <code className={style.code}>{fault.place}</code> {fault.message}
            </li>
          ))}
        </ul>
      )}
      {error instanceof ApiError && !unreachable && <span className={style.code}>{error.code}</span>}
      {onRetry !== undefined && (
        <div className={style.actions}>
          <Button onClick={onRetry}>{text('look.retry')}</Button>
        </div>
      )}
    </div>
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
