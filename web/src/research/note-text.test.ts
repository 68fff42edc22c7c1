import { expect, test } from 'vitest'
import { piecesOf, stretchOf } from './note-text.ts'

const placed = (id: number, start: number, end: number) => ({ id, quote: { start, end } })

test('pieces are the text again, and each knows its quotes', () => {
  const text = '太慢 🐌 so slow'
  const pieces = piecesOf(text, [placed(1, 3, 7), placed(2, 5, 12), placed(3, 5, 7)])
  expect(pieces).toEqual([
    { text: '太慢 ', quotes: [] },
    { text: '🐌 ', quotes: [1] },
    { text: 'so', quotes: [1, 2, 3] },
    { text: ' slow', quotes: [2] },
  ])
  expect(pieces.map((it) => it.text).join('')).toBe(text)
})

test('a quote beyond the end and none at all leave the text whole', () => {
  expect(piecesOf('ab', [])).toEqual([{ text: 'ab', quotes: [] }])
  expect(piecesOf('ab', [placed(1, 1, 9)]).map((it) => it.text)).toEqual(['a', 'b'])
  expect(piecesOf('', [])).toEqual([])
})

test.each([
  ['a 🐌 slow', 2, 9, { start: 2, end: 8, words: '🐌 slow' }],
  ['a 🐌 slow', 9, 5, { start: 4, end: 8, words: 'slow' }],
  ['one  two ', 3, 9, { start: 5, end: 8, words: 'two' }],
  ['one  two', 3, 5, null],
  ['one', 1, 1, null],
])('%j from %d to %d', (text, from, to, stretch) => {
  expect(stretchOf(text, from, to)).toEqual(stretch)
})
