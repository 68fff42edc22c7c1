import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { place, type Side } from './place.ts'

type Anchor = RefObject<HTMLElement | null>

/**
 * Shows an element above everything else beside its anchor, until something outside of both is touched.
 * The browser's top layer holds it, so it is neither cut off by a scrolling box nor hidden under a dialog.
 */
export function useFloating<Element extends HTMLElement>(anchor: Anchor, side: Side, onClose: (refocus: boolean) => void): RefObject<Element | null> {
  const element = useRef<Element>(null)

  useLayoutEffect(() => {
    const [box, target] = [element.current, anchor.current]
    if (box === null || target === null) return
    box.showPopover()
    const settle = () => {
      const view = { width: innerWidth, height: innerHeight }
      const spot = place(target.getBoundingClientRect(), box.getBoundingClientRect(), view, side, 4)
      box.style.left = `${spot.left}px`
      box.style.top = `${spot.top}px`
    }
    settle()
    const watch = new ResizeObserver(settle)
    watch.observe(box)
    addEventListener('resize', settle)
    return () => {
      watch.disconnect()
      removeEventListener('resize', settle)
    }
  }, [anchor, side])

  useEffect(() => {
    const leave = (event: Event) => {
      if (!(event.target instanceof Node)) return
      if (element.current?.contains(event.target) === true || anchor.current?.contains(event.target) === true) return
      onClose(false)
    }
    document.addEventListener('pointerdown', leave)
    document.addEventListener('focusin', leave)
    return () => {
      document.removeEventListener('pointerdown', leave)
      document.removeEventListener('focusin', leave)
    }
  }, [anchor, onClose])

  return element
}
