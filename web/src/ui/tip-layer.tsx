import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { place } from './place.ts'
import { Shortcut } from './shortcut.tsx'
import style from './tip-layer.module.css'

type Tip = { readonly anchor: HTMLElement; readonly text: string; readonly keys: string | undefined }

const SHOW_MS = 350
const HIDE_MS = 120

/**
 * Shows what `data-tip` says beside the element under the pointer or in focus.
 * One layer for the page, so that a thousand cells cost nothing. Names and descriptions for
 * assistive technology stand on the elements themselves.
 */
export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const plan = (next: Tip | null, delay: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => setTip(next), delay)
    }
    const over = (event: Event) => {
      if (!(event.target instanceof Element)) return
      // Moving onto the tip itself keeps it, so that it can be read and selected.
      if (box.current?.contains(event.target) === true) return clearTimeout(timer)
      const anchor = event.target.closest('[data-tip]')
      if (anchor instanceof HTMLElement && anchor.dataset['tip'] !== '') {
        const keyboard = event.type === 'focusin'
        if (keyboard && !anchor.matches(':focus-visible')) return
        plan({ anchor, text: anchor.dataset['tip'] ?? '', keys: anchor.dataset['tipKeys'] }, keyboard ? 0 : SHOW_MS)
      } else {
        plan(null, HIDE_MS)
      }
    }
    const hide = () => plan(null, 0)
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide()
    }
    document.addEventListener('pointerover', over)
    document.addEventListener('focusin', over)
    document.addEventListener('pointerdown', hide)
    document.addEventListener('keydown', press)
    document.addEventListener('scroll', hide, true)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointerover', over)
      document.removeEventListener('focusin', over)
      document.removeEventListener('pointerdown', hide)
      document.removeEventListener('keydown', press)
      document.removeEventListener('scroll', hide, true)
    }
  }, [])

  useLayoutEffect(() => {
    const element = box.current
    if (tip === null || element === null) return
    element.showPopover()
    const view = { width: innerWidth, height: innerHeight }
    const spot = place(tip.anchor.getBoundingClientRect(), element.getBoundingClientRect(), view, 'bottom', 6)
    element.style.left = `${spot.left}px`
    element.style.top = `${spot.top}px`
  }, [tip])

  if (tip === null || !tip.anchor.isConnected) return null
  return (
    <div ref={box} popover="manual" className={style.tip} aria-hidden="true">
      {tip.text}
      {tip.keys !== undefined && <Shortcut keys={tip.keys} className={style.keys} />}
    </div>
  )
}
