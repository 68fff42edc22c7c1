import { expect, test } from 'vitest'
import { place } from './place.ts'

const view = { width: 1000, height: 600 }
const size = { width: 200, height: 100 }
const at = (left: number, top: number) => ({ left, top, width: 40, height: 20 })

test('it hangs below its anchor', () => {
  expect(place(at(300, 100), size, view, 'bottom-start', 4)).toEqual({ left: 300, top: 124 })
  expect(place(at(300, 100), size, view, 'bottom-end', 4)).toEqual({ left: 140, top: 124 })
  expect(place(at(300, 100), size, view, 'bottom', 4)).toEqual({ left: 220, top: 124 })
})

test('it turns over at the bottom', () => {
  expect(place(at(300, 560), size, view, 'bottom-start', 4)).toEqual({ left: 300, top: 456 })
})

test('it stays below, inside the view, where there is no room above either', () => {
  expect(place(at(300, 40), { width: 200, height: 560 }, view, 'bottom-start', 4).top).toBe(32)
})

test('it never leaves the view sideways', () => {
  expect(place(at(980, 100), size, view, 'bottom-start', 4).left).toBe(792)
  expect(place(at(0, 100), size, view, 'bottom-end', 4).left).toBe(8)
})

test('at the right it goes to the left where it does not fit', () => {
  expect(place(at(100, 100), size, view, 'right', 6)).toEqual({ left: 146, top: 60 })
  expect(place(at(900, 100), size, view, 'right', 6).left).toBe(694)
})
