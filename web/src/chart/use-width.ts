import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** The width that an element has now, so that drawings fill it without stretching their texts. */
export function useWidth<Element extends HTMLElement>(first = 800): readonly [RefObject<Element | null>, number] {
  const element = useRef<Element>(null)
  const [width, setWidth] = useState(first)
  useLayoutEffect(() => {
    if (element.current === null) return
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(120, entry.contentRect.width))
    })
    watch.observe(element.current)
    return () => watch.disconnect()
  }, [])
  return [element, width]
}
