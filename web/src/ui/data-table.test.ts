import { expect, test } from 'vitest'
import { type Column, nextSorting, sortRows } from './data-table.ts'

type Row = { readonly name: string; readonly count: number }

const columns: readonly Column<Row>[] = [
  { key: 'name', title: 'Name', width: '1fr', cell: (row) => row.name, sort: (row) => row.name },
  { key: 'count', title: 'Count', width: '1fr', cell: (row) => row.count, sort: (row) => row.count },
]
const rows: readonly Row[] = [
  { name: 'step 10', count: 3 },
  { name: 'Step 9', count: 12 },
  { name: 'álbum', count: 3 },
]

const names = (key: string, descending: boolean) => sortRows(rows, columns, { key, descending }, 'en').map((it) => it.name)

test('numbers inside of names count as numbers', () => {
  expect(names('name', false)).toEqual(['álbum', 'Step 9', 'step 10'])
})

test('equal rows keep their order both ways', () => {
  expect(names('count', false)).toEqual(['step 10', 'álbum', 'Step 9'])
  expect(names('count', true)).toEqual(['Step 9', 'step 10', 'álbum'])
})

test('a third press goes back to the order of arrival', () => {
  const first = nextSorting(null, 'count', true)
  const second = nextSorting(first, 'count', true)
  expect([first, second, nextSorting(second, 'count', true)]).toEqual([
    { key: 'count', descending: true },
    { key: 'count', descending: false },
    null,
  ])
})
