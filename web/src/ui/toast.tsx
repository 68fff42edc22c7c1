import { useEffect } from 'react'
import { createStore, useSelected } from '../lib/store.ts'
import { errorText } from '../i18n/error-text.ts'
import { language } from '../i18n/i18n.ts'
import { useText } from '../i18n/use-text.ts'
import { Button, IconButton } from './button.tsx'
import style from './toast.module.css'

type Undo = { readonly label: string; readonly run: () => void }
type Toast = { readonly id: number; readonly message: string; readonly failed: boolean; readonly undo: Undo | undefined }

/** More would cover the page. */
const TOASTS_MAX = 4
const toasts = createStore<readonly Toast[]>([])
let count = 0

function show(message: string, failed: boolean, undo: Undo | undefined): void {
  count += 1
  toasts.set([...toasts.get(), { id: count, message, failed, undo }].slice(-TOASTS_MAX))
}

function hide(id: number): void {
  toasts.set(toasts.get().filter((it) => it.id !== id))
}

/** Says what was done, with a way back where there is one. */
export function toast(message: string, undo?: Undo): void {
  show(message, false, undo)
}

/** Says what could not be done. */
export function toastFailure(error: unknown): void {
  show(errorText(language.get().text, error), true, undefined)
}

const announced = createStore('')

/** Tells those who do not see the page what has just changed on it. */
export function announce(message: string): void {
  // The same words twice in a row would not be heard twice.
  announced.set(announced.get() === message ? `${message}\u00a0` : message)
}

/** Where toasts appear. */
export function Toasts() {
  const shown = useSelected(toasts, (it) => it)
  const message = useSelected(announced, (it) => it)
  return (
    <div className={style.toasts} role="status" aria-live="polite">
      <span className="visually-hidden">{message}</span>
      {shown.map((it) => (
        <Shown key={it.id} toast={it} />
      ))}
    </div>
  )
}

function Shown({ toast: { id, message, failed, undo } }: { readonly toast: Toast }) {
  const text = useText()
  // What failed, or can be undone, must be readable in peace.
  const stays = failed || undo !== undefined
  useEffect(() => {
    const timer = setTimeout(() => hide(id), stays ? 10_000 : 4_500)
    return () => clearTimeout(timer)
  }, [id, stays])
  return (
    <div className={style.toast} data-failed={failed || undefined}>
      <span>{message}</span>
      {undo !== undefined && (
        <Button
          size="s"
          icon="undo"
          onClick={() => {
            undo.run()
            hide(id)
          }}
        >
          {undo.label}
        </Button>
      )}
      <IconButton size="s" icon="close" label={text('look.dismiss')} onClick={() => hide(id)} />
    </div>
  )
}
