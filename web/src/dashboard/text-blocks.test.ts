import { expect, test } from 'vitest'
import { blocksOf } from './text-blocks.ts'

test('a text falls into headings, paragraphs and lists', () => {
  expect(blocksOf('# Week\nRead me\nfirst\n- one\n- two\n\nLast')).toEqual([
    { kind: 'heading', text: 'Week' },
    { kind: 'paragraph', text: 'Read me\nfirst' },
    { kind: 'list', items: ['one', 'two'] },
    { kind: 'paragraph', text: 'Last' },
  ])
})

test('nothing is no block, and a lone sign stays text', () => {
  expect(blocksOf(' \n\n')).toEqual([])
  expect(blocksOf('#week')).toEqual([{ kind: 'paragraph', text: '#week' }])
})
