import type { ReactNode } from 'react'
import { errorText } from '../i18n/error-text.ts'
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
  /** Set where it is the whole page. */
  readonly isPage?: boolean
}

/** What a list shows when there is nothing in it: one sentence and what to do next. */
export function Empty({ title, children, actions, art = 'start', small = false, isPage = false }: EmptyProps) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <div className={small ? `${style.look} ${style.small}` : style.look}>
      {!small && <LineArt name={art} />}
      <Heading>{title}</Heading>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className={style.actions}>{actions}</div>}
    </div>
  )
}

/** What is shown while something loads: its shape. */
export function Loading({ rows = 5 }: { readonly rows?: number }) {
  const text = useText()
  return (
    <div className={style.bones} role="status" aria-busy="true" aria-label={text('look.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={style.bone} style={{ width: `${92 - ((index * 37) % 48)}%` }} />
      ))}
    </div>
  )
}

type FailedProps = {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
  readonly small?: boolean
  /** Set where it is the whole page. */
  readonly isPage?: boolean
}

/** What is shown when something failed: what happened, and a way to try again. */
export function Failed({ error, onRetry, small = false, isPage = false }: FailedProps) {
  const Heading = isPage ? 'h1' : 'h2'
  const text = useText()
  const unreachable = error instanceof ApiError && error.code === UNREACHABLE
  return (
    <div className={small ? `${style.look} ${style.small}` : style.look} role="alert">
      {!small && <LineArt name="broken" />}
      <Heading>{unreachable ? text('look.unreachable') : text('look.failed')}</Heading>
      <p>{errorText(text, error)}</p>
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
