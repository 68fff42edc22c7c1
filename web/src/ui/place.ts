export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
export type Size = { readonly width: number; readonly height: number }
export type Side = 'bottom-start' | 'bottom-end' | 'bottom' | 'right'

const EDGE = 8

/** Where something of a size floats beside its anchor: on the wished side, turned over where it does not fit. */
export function place(anchor: Box, size: Size, view: Size, side: Side, gap: number): { readonly left: number; readonly top: number } {
  const clamp = (value: number, length: number, limit: number) => Math.max(EDGE, Math.min(value, limit - length - EDGE))
  if (side === 'right') {
    const right = anchor.left + anchor.width + gap
    const fits = right + size.width + EDGE <= view.width
    return {
      left: clamp(fits ? right : anchor.left - gap - size.width, size.width, view.width),
      top: clamp(anchor.top + anchor.height / 2 - size.height / 2, size.height, view.height),
    }
  }
  const below = anchor.top + anchor.height + gap
  const fits = below + size.height + EDGE <= view.height || anchor.top < size.height + gap
  const left = {
    'bottom-start': anchor.left,
    'bottom-end': anchor.left + anchor.width - size.width,
    bottom: anchor.left + anchor.width / 2 - size.width / 2,
  }[side]
  return {
    left: clamp(left, size.width, view.width),
    top: clamp(fits ? below : anchor.top - gap - size.height, size.height, view.height),
  }
}
