import { expect, test } from 'vitest'
import type { CreditLine } from '../api/attribution.ts'
import { costRows, ratio } from './cost.ts'

const paid = (amount: number) => ({ amount, impressions: 0, clicks: 0 })
const line = (value: string, amount: number | null): CreditLine => ({
  label: { value },
  touches: { times: 1, profiles: 1 },
  on_path: { times: 1, profiles: 1 },
  assisted: { times: 0, profiles: 0 },
  credit: [],
  ...(amount === null ? {} : { cost: paid(amount) }),
})

test('everything that was paid has a row, what no touch has last', () => {
  const total = { currency: 'EUR', paid: paid(9), is_narrowed: false, without_touch: [{ label: 'not_set' as const, paid: paid(5) }] }
  const rows = costRows([line('a', 1), line('b', null), line('c', 3)], total)
  expect(rows.map((it) => it.paid.amount)).toEqual([3, 1, 5])
  expect(rows.map((it) => it.line === null)).toEqual([false, false, true])
})

test('nothing is divided by nothing', () => {
  expect(ratio(5, 0)).toBeNull()
  expect(ratio(5, 2)).toBe(2.5)
})
