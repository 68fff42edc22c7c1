import { expect, test } from 'vitest'
import type { Map } from '../api/map.ts'
import { type EditorAction, type EditorState, reduce, startEditor } from './editor.ts'

const map: Map = {
  title: 'Checkout',
  kind: 'current',
  goal: {},
  range: { last: '30d' },
  stages: [{ id: 'one', title: 'One', steps: [{ id: 'a', title: 'A', matcher: {} }] }],
}

const rename = (title: string): EditorAction => ({ kind: 'edit', edit: { kind: 'rename_map', title } })
const run = (actions: readonly EditorAction[], canEdit = true): EditorState => actions.reduce(reduce, startEditor(map, 1, canEdit))
const title = (state: EditorState) => state.history.present.title

test('edits can be undone and done again', () => {
  expect(title(run([rename('B'), rename('C'), { kind: 'undo' }]))).toBe('B')
  expect(title(run([rename('B'), { kind: 'undo' }, { kind: 'redo' }]))).toBe('B')
})

test('discarding goes back to what is stored, and can itself be undone', () => {
  const state = run([rename('B'), { kind: 'discard' }])
  expect(state.history.present).toBe(state.saved)
  expect(title(reduce(state, { kind: 'undo' }))).toBe('B')
})

test('saving keeps what was written meanwhile', () => {
  const draft = run([rename('B')])
  const state = [rename('C'), { kind: 'saved', map: draft.history.present, version: 2 } satisfies EditorAction].reduce(reduce, draft)
  expect(title(state)).toBe('C')
  expect([state.saved.title, state.version]).toEqual(['B', 2])
})

test('who may not edit cannot', () => {
  const state = run([rename('B'), { kind: 'write', at: { row: 0, column: 0 } }], false)
  expect(title(state)).toBe('Checkout')
  expect(state.writing).toBeNull()
})

test("somebody else's version is shown, but never over an edit", () => {
  const theirs = { ...map, title: 'Theirs' }
  const loaded: EditorAction = { kind: 'loaded', map: theirs, version: 2 }
  expect(title(run([loaded]))).toBe('Theirs')
  expect(title(run([rename('Mine'), loaded]))).toBe('Mine')
  expect(run([rename('Mine'), loaded]).version).toBe(1)
  expect(title(run([{ kind: 'loaded', map: theirs, version: 1 }]))).toBe('Checkout')
})
