/** What can follow at a place of a statement. Pure: the tables, names and fields are arguments. */

import { fold } from '../lib/fold.ts'
import { keywords, usualFunctions, type Word, wordsOf } from '../lib/sql-words.ts'

export type Known = {
  readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[]
  readonly functions: readonly string[]
  /** Values of columns: names of events, channels and so on. */
  readonly values: Readonly<Record<string, readonly string[]>>
  /** Properties of events, with how they are read. */
  readonly properties: readonly Property[]
}

export type Property = { readonly object: string; readonly path: readonly string[]; readonly reader: 'json_text' | 'json_number' | 'json_flag' }

export type CompletionKind = 'keyword' | 'table' | 'column' | 'function' | 'value' | 'property'
export type Completion = { readonly kind: CompletionKind; readonly label: string; readonly insert: string; readonly note?: string }
export type Completions = { readonly from: number; readonly to: number; readonly list: readonly Completion[] }

/** More would be scrolled, not read. */
const COMPLETIONS_MAX = 40
const none: Completions = { from: 0, to: 0, list: [] }

/** The completions at a caret; `asked` when somebody wants them without having typed. */
export function complete(sql: string, caret: number, known: Known, asked = false): Completions {
  const words = wordsOf(sql)
  const index = words.findIndex((it) => it.from < caret && caret <= it.from + it.text.length)
  const word = words[index]
  const before = words.slice(0, index + 1).filter((it) => it.from + it.text.length <= caret || it === word)
  if (word?.kind === 'comment' || word?.kind === 'number') return none
  if (word?.kind === 'text' && (caret < word.from + word.text.length || isOpen(word.text))) return inText(word, caret, before, known)
  const isWord = word !== undefined && ['name', 'keyword', 'function'].includes(word.kind)
  const [from, typed] = isWord ? [word.from, sql.slice(word.from, caret)] : [caret, '']
  const previous = before.filter((it) => it.kind !== 'space' && it !== (isWord ? word : undefined)).at(-1)
  const isMember = previous?.text === '.' && previous.from + 1 === from
  if (typed === '' && !asked && !isMember) return none
  const candidates = isMember ? columnsOfAlias(sql, before, known) : everything(known, isAfterFrom(previous))
  return { from, to: isWord ? word.from + word.text.length : caret, list: matching(candidates, typed) }
}

/** A text whose end quote is missing, or is the same as its first. */
function isOpen(text: string): boolean {
  return text.length === 1 || !text.endsWith("'")
}

function inText(word: Word, caret: number, before: readonly Word[], known: Known): Completions {
  const earlier = before.filter((it) => it !== word && it.kind !== 'space' && it.kind !== 'comment')
  const context = earlier.slice(-40).map((it) => it.text.toLowerCase())
  const end = word.from + word.text.length
  const typed = word.text.slice(1, caret - word.from).replaceAll("''", "'")
  const reading = /json_\w+ \( (?:\w+ \. )?(properties|context|traits)((?: , '[^']*')*) ,$/.exec(context.join(' '))
  if (reading !== null) {
    const path = [...(reading[2] ?? '').matchAll(/'([^']*)'/g)].map((it) => it[1] ?? '')
    const inner = known.properties.filter(({ object, path: its }) => object === reading[1] && its.length > path.length && path.every((name, at) => its[at]?.toLowerCase() === name))
    const names = [...new Set(inner.map((it) => it.path[path.length] ?? ''))]
    return { from: word.from, to: end, list: matching(names.map(valueOf('property')), typed) }
  }
  const column = /(\w+) (?:= |< > |! = |not in \( (?:'[^']*' , )*|in \( (?:'[^']*' , )*)$/.exec(`${context.join(' ')} `)?.[1]
  const values = column === undefined ? undefined : known.values[column]
  return values === undefined ? none : { from: word.from, to: end, list: matching(values.map(valueOf('value')), typed) }
}

const valueOf = (kind: 'value' | 'property') => (name: string): Completion => ({ kind, label: name, insert: quoted(name) })

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function isAfterFrom(previous: Word | undefined): boolean {
  return previous !== undefined && /^(from|join)$/i.test(previous.text)
}

function everything(known: Known, onlyTables: boolean): readonly Completion[] {
  const tables = known.tables.map(({ name }): Completion => ({ kind: 'table', label: name, insert: name }))
  if (onlyTables) return tables
  const columns = [...new Set(known.tables.flatMap((it) => it.columns.map((column) => column.name)))]
  const ours = known.functions
  return [
    ...columns.map((name): Completion => ({ kind: 'column', label: name, insert: name })),
    ...tables,
    ...known.properties.map(({ object, path, reader }): Completion => ({
      kind: 'property',
      label: path.join('.'),
      insert: `${reader}(${[object, ...path.map(quoted)].join(', ')})`,
      note: object,
    })),
    ...[...ours, ...usualFunctions].map((name): Completion => ({ kind: 'function', label: name, insert: `${name}(` })),
    ...keywords.map((name): Completion => ({ kind: 'keyword', label: name, insert: name })),
  ]
}

/** The columns of the table that stands before a point, or of all where it is not known. */
function columnsOfAlias(sql: string, before: readonly Word[], known: Known): readonly Completion[] {
  const names = before.filter((it) => it.kind === 'name' || it.kind === 'function')
  const point = before.findLastIndex((it) => it.text === '.')
  const alias = names.filter((it) => it.from < (before[point]?.from ?? 0)).at(-1)?.text.toLowerCase() ?? ''
  const found = known.tables.find(({ name }) => name === alias || new RegExp(`\\b${name}\\s+(?:as\\s+)?${alias}\\b`, 'i').test(sql))
  const tables = found === undefined ? known.tables : [found]
  return [...new Set(tables.flatMap((it) => it.columns.map((column) => column.name)))].map((name) => ({ kind: 'column', label: name, insert: name }))
}

/** Those that begin with what was typed, then those that hold it. Nothing is left to do when it is there already. */
function matching(all: readonly Completion[], typed: string): readonly Completion[] {
  const wanted = fold(typed)
  if (wanted !== '' && all.some((it) => fold(it.label) === wanted)) return []
  const begins = all.filter((it) => fold(it.label).startsWith(wanted))
  const holds = wanted.length < 2 ? [] : all.filter((it) => !begins.includes(it) && fold(it.label).includes(wanted))
  return [...begins, ...holds].slice(0, COMPLETIONS_MAX)
}

/** A statement with a completion put in, and where the caret stands then. */
export function accepted(sql: string, { from, to }: Completions, completion: Completion): { readonly sql: string; readonly caret: number } {
  return { sql: sql.slice(0, from) + completion.insert + sql.slice(to), caret: from + completion.insert.length }
}
