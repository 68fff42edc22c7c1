import { expect, test } from 'vitest'
import { isShortcut, type Press } from './use-shortcut.ts'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 0,
  ...more,
})

test('ctrl and command both open the palette', () => {
  expect(isShortcut(press('k', { ctrlKey: true }), 'mod+k')).toBe(true)
  expect(isShortcut(press('K', { metaKey: true }), 'mod+k')).toBe(true)
  expect(isShortcut(press('k'), 'mod+k')).toBe(false)
})

test('nothing fires while an input method composes', () => {
  expect(isShortcut(press('k', { ctrlKey: true, isComposing: true }), 'mod+k')).toBe(false)
  expect(isShortcut(press('k', { ctrlKey: true, keyCode: 229 }), 'mod+k')).toBe(false)
})

test('redo is told apart from undo', () => {
  const redo = press('z', { ctrlKey: true, shiftKey: true })
  expect(isShortcut(redo, 'mod+z')).toBe(false)
  expect(isShortcut(redo, 'mod+shift+z')).toBe(true)
})

test('a sign that needs shift on some keyboards is still the sign', () => {
  expect(isShortcut(press('/', { shiftKey: true }), '/')).toBe(true)
})
