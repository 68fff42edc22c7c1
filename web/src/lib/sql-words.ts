/** Cuts a statement into words and signs, for colors and for completion. It never fails, as half a statement is usual. */

export type WordKind = 'keyword' | 'function' | 'name' | 'text' | 'number' | 'comment' | 'sign' | 'space'
export type Word = { readonly kind: WordKind; readonly text: string; readonly from: number }

export const keywords = [
  'SELECT', 'FROM', 'WHERE', 'GROUP BY', 'ORDER BY', 'HAVING', 'LIMIT', 'OFFSET', 'WITH', 'AS', 'JOIN', 'LEFT JOIN', 'FULL JOIN', 'CROSS JOIN',
  'ON', 'USING', 'AND', 'OR', 'NOT', 'IN', 'IS NULL', 'IS NOT NULL', 'BETWEEN', 'LIKE', 'ILIKE', 'EXISTS', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END',
  'DISTINCT', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'OVER', 'PARTITION BY', 'ROWS BETWEEN', 'RANGE BETWEEN', 'UNBOUNDED PRECEDING', 'CURRENT ROW',
  'FILTER', 'ASC', 'DESC', 'NULLS LAST', 'CAST', 'INTERVAL', 'TRUE', 'FALSE', 'NULL', 'VALUES', 'EXPLAIN', 'RECURSIVE', 'QUALIFY',
] as const

/** Functions that SQL has and that questions to events need most. */
export const usualFunctions = [
  'count', 'sum', 'avg', 'min', 'max', 'median', 'approx_percentile_cont', 'stddev', 'coalesce', 'nullif', 'round', 'floor', 'ceil', 'abs', 'length',
  'lower', 'upper', 'substr', 'replace', 'split_part', 'strpos', 'concat', 'string_agg', 'array_agg', 'row_number', 'rank', 'lag', 'lead', 'first_value',
  'last_value', 'ntile', 'date_trunc', 'date_bin', 'date_part', 'to_char', 'now', 'regexp_like', 'regexp_replace', 'generate_series',
] as const

const isKeyword = new Set(keywords.flatMap((it) => it.split(' ')))
const pattern = /(\s+)|(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*'?)|("(?:[^"]|"")*"?)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_$]*)|([\s\S])/gu

export function wordsOf(sql: string): readonly Word[] {
  const words: Word[] = []
  for (const found of sql.matchAll(pattern)) {
    const text = found[0]
    words.push({ kind: kindOf(found, sql.slice(found.index + text.length)), text, from: found.index })
  }
  return words
}

function kindOf(found: RegExpMatchArray, rest: string): WordKind {
  if (found[1] !== undefined) return 'space'
  if (found[2] !== undefined) return 'comment'
  if (found[3] !== undefined) return 'text'
  if (found[4] !== undefined) return 'name'
  if (found[5] !== undefined) return 'number'
  if (found[6] === undefined) return 'sign'
  if (isKeyword.has(found[6].toUpperCase())) return 'keyword'
  return /^\s*\(/.test(rest) ? 'function' : 'name'
}

export type Part = { readonly from: number; readonly to: number }

/**
 * Where a refusal says that something is wrong: at a line and column, or at a name that is not known.
 * None where it does not say.
 */
export function faultIn(sql: string, message: string): Part | null {
  const place = /Line: (\d+), Column: (\d+)/.exec(message)
  const words = wordsOf(sql)
  if (place !== null) {
    const lines = sql.split('\n').slice(0, Number(place[1]) - 1)
    const at = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1
    return partOf(words.find((it) => it.from <= at && at < it.from + it.text.length)) ?? lastOf(words)
  }
  const name = /(?:No field named|no table|Invalid function|table '?|column) ['`]?([\p{L}\p{N}_.$"]+)/u.exec(message)?.[1]?.replace(/\.$/, '')
  if (name === undefined) return null
  const last = bare(name.split('.').at(-1) ?? '').toLowerCase()
  return partOf(words.find((it) => (it.kind === 'name' || it.kind === 'function') && bare(it.text).toLowerCase() === last))
}

function bare(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '').replaceAll('""', '"') : text
}

/** A statement that breaks off is wrong at its end. */
function lastOf(words: readonly Word[]): Part | null {
  return partOf(words.findLast((it) => it.kind !== 'space' && it.kind !== 'comment'))
}

function partOf(word: Word | undefined): Part | null {
  return word === undefined ? null : { from: word.from, to: word.from + word.text.length }
}
