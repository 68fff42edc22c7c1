import { expect, test } from 'vitest'
import { faultIn, wordsOf } from './sql-words.ts'

const kinds = (sql: string) =>
  wordsOf(sql)
    .filter((it) => it.kind !== 'space')
    .map((it) => `${it.kind} ${it.text}`)

test('words have kinds', () => {
  expect(kinds("SELECT count(*), \"a b\" FROM events -- all\nWHERE event = 'it''s' LIMIT 1.5")).toEqual([
    'keyword SELECT', 'function count', 'sign (', 'sign *', 'sign )', 'sign ,', 'name "a b"', 'keyword FROM', 'name events', 'comment -- all',
    'keyword WHERE', 'name event', 'sign =', "text 'it''s'", 'keyword LIMIT', 'number 1.5',
  ])
})

test('nothing of a statement is lost, however broken it is', () => {
  for (const sql of ["SELECT 'open", '/* open', '"open', '名称 = 1', '\u0000;', '']) expect(wordsOf(sql).map((it) => it.text).join('')).toBe(sql)
})

test('a fault is found at its line and column, and at the end where the statement breaks off', () => {
  const sql = 'SELECT event,\nFORM events'
  expect(faultIn(sql, 'Expected: end, found: FORM at Line: 2, Column: 1')).toEqual({ from: 14, to: 18 })
  expect(faultIn('SELECT (1', 'Expected: ), found: EOF at Line: 1, Column: 99')).toEqual({ from: 8, to: 9 })
})

test('a fault is found at the name that is not known', () => {
  expect(faultIn("SELECT 'evnt', evnt FROM events", 'No field named evnt. Did you mean event?')).toEqual({ from: 15, to: 19 })
  expect(faultIn('SELECT e."Evnt" FROM events e', 'No field named e."Evnt".')).toEqual({ from: 9, to: 15 })
  expect(faultIn('SELECT 1 FROM users', 'the statement is refused: there is no table users; there are events')).toEqual({ from: 14, to: 19 })
  expect(faultIn('SELECT 1', 'divided by zero')).toBe(null)
})
