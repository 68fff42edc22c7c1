import { expect, test } from 'vitest'
import { accepted, complete, type Known } from './completion.ts'

const known: Known = {
  tables: [
    { name: 'events', columns: [{ name: 'time' }, { name: 'event' }, { name: 'profile' }, { name: 'properties' }] },
    { name: 'profiles', columns: [{ name: 'id' }, { name: 'traits' }] },
  ],
  functions: ['json_text', 'period_start'],
  values: { event: ['order placed', 'it’s', "o'clock"], channel: ['web', 'app'] },
  properties: [
    { object: 'properties', path: ['price'], reader: 'json_number' },
    { object: 'properties', path: ['plan', 'name'], reader: 'json_text' },
    { object: 'context', path: ['library'], reader: 'json_text' },
  ],
}

/** Completions at `|`, as they would be shown. */
function at(marked: string, asked = false): string[] {
  const caret = marked.indexOf('|')
  return complete(marked.replace('|', ''), caret, known, asked).list.map((it) => it.label)
}

test('tables follow FROM and JOIN', () => {
  expect(at('SELECT * FROM e|')).toEqual(['events'])
  expect(at('SELECT * FROM |', true)).toEqual(['events', 'profiles'])
  expect(at('SELECT * FROM events JOIN p|')).toEqual(['profiles'])
})

test('columns, functions and keywords follow elsewhere', () => {
  expect(at('SELECT pro|').slice(0, 2)).toEqual(['profile', 'properties'])
  expect(at('SELECT period_|')).toEqual(['period_start'])
  expect(at('SELECT event FROM events GRO|')).toEqual(['GROUP BY'])
})

test('nothing is offered for what is written already, nor without a letter', () => {
  expect(at('SELECT event|')).toEqual([])
  expect(at('SELECT |')).toEqual([])
  expect(at('SELECT 12|')).toEqual([])
  expect(at('-- eve|')).toEqual([])
})

test('a point is followed by the columns of its table', () => {
  expect(at('SELECT e.| FROM events e')).toEqual(['time', 'event', 'profile', 'properties'])
  expect(at('SELECT p.i| FROM events e JOIN profiles AS p')).toEqual(['id'])
  expect(at('SELECT p.tr| FROM events e JOIN profiles AS p')).toEqual(['traits'])
  expect(at('SELECT profiles.| FROM profiles')).toEqual(['id', 'traits'])
})

test('texts are completed with the values of their column', () => {
  expect(at("SELECT * FROM events WHERE event = '|")).toEqual(['order placed', 'it’s', "o'clock"])
  expect(at("SELECT * FROM events e WHERE e.channel IN ('web', '|')")).toEqual(['web', 'app'])
  expect(at("SELECT * FROM events WHERE kind = '|'")).toEqual([])
})

test('texts in readers are completed with names of properties, level by level', () => {
  expect(at("SELECT json_text(properties, '|')")).toEqual(['price', 'plan'])
  expect(at("SELECT json_text(e.properties, 'plan', '|')")).toEqual(['name'])
  expect(at("SELECT json_text(context, 'l|")).toEqual(['library'])
})

test('a property is read by its type', () => {
  const sql = 'SELECT pric'
  const found = complete(sql, sql.length, known)
  expect(found.list.map((it) => it.insert)).toEqual(["json_number(properties, 'price')"])
  const [only] = found.list
  expect(only === undefined ? '' : accepted(sql, found, only)).toEqual({ sql: "SELECT json_number(properties, 'price')", caret: 39 })
})

test('a completion takes the place of the whole text, quotes doubled', () => {
  const sql = "SELECT 1 FROM events WHERE event = 'o' AND true"
  const found = complete(sql, sql.indexOf("'o") + 2, known)
  const chosen = found.list.find((it) => it.label === "o'clock")
  expect(chosen === undefined ? '' : accepted(sql, found, chosen).sql).toBe("SELECT 1 FROM events WHERE event = 'o''clock' AND true")
})
