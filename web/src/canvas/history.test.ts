import { expect, test } from 'vitest'
import { commit, redo, startHistory, undo } from './history.ts'

const after = (...states: readonly string[]) => states.reduce(commit<string>, startHistory('a'))

test('undo and redo walk the same way back and forth', () => {
  const history = after('b', 'c')
  expect(undo(history).present).toBe('b')
  expect(undo(undo(history)).present).toBe('a')
  expect(redo(undo(history))).toEqual(history)
})

test('a new state after an undo forgets what was undone', () => {
  const history = commit(undo(after('b', 'c')), 'd')
  expect(history).toEqual({ past: ['a', 'b'], present: 'd', future: [] })
  expect(redo(history)).toBe(history)
})

test('a state that changes nothing leaves no trace', () => {
  const history = after('b')
  expect(commit(history, 'b')).toBe(history)
})

test('there is an end of undo', () => {
  const history = startHistory('a')
  expect(undo(history)).toBe(history)
  const long = Array.from({ length: 300 }, (_, index) => String(index)).reduce(commit<string>, startHistory('a'))
  expect(long.past).toHaveLength(200)
})
