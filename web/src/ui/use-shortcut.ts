import { useEffect } from 'react'

/** The part of a key press that decides. */
export type Press = {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly isComposing: boolean
  /** 229 while an input method has the key, also where `isComposing` is not set yet. */
  readonly keyCode: number
}

/** Whether a press is the shortcut, like `mod+k` or `/`. Never while an input method is composing. */
export function isShortcut(press: Press, keys: string): boolean {
  if (press.isComposing || press.keyCode === 229 || press.altKey) return false
  const parts = keys.toLowerCase().split('+')
  const key = parts[parts.length - 1]
  const mod = press.ctrlKey || press.metaKey
  if (press.key.toLowerCase() !== key || mod !== parts.includes('mod')) return false
  return parts.includes('shift') === press.shiftKey || key.length === 1 && !/[a-z0-9]/.test(key)
}

/** Calls `run` at a shortcut anywhere on the page. Plain keys do nothing while a text is edited. */
export function useShortcut(keys: string, run: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isShortcut(event, keys)) return
      if (!keys.includes('mod') && isEditable(event.target)) return
      event.preventDefault()
      run()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [keys, run])
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
