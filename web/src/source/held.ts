/** What is wrong with a text that is to be one JSON object. */
export type TextFault = { readonly kind: 'json'; readonly line: number | null; readonly column: number | null } | { readonly kind: 'object' }

export function textFault(raw: string): TextFault | undefined {
  try {
    const value: unknown = JSON.parse(raw)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : { kind: 'object' }
  } catch (error) {
    return { kind: 'json', ...placeOf(raw, String(error)) }
  }
}

/** Browsers tell the place in one of two ways, or not at all. */
function placeOf(raw: string, message: string): { readonly line: number | null; readonly column: number | null } {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? []
  if (line !== undefined && column !== undefined) return { line: Number(line), column: Number(column) }
  const [, position] = /position (\d+)/.exec(message) ?? []
  const at = position !== undefined ? Number(position) : /end of JSON/i.test(message) ? raw.length : undefined
  if (at === undefined) return { line: null, column: null }
  const before = raw.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

/** Strings, signs, and whatever stands between them. */
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs

/**
 * The same JSON with a line for each member. Its numbers and keys stay as they were written: reading
 * and writing them again would lose digits, and keys that stand twice.
 */
export function indented(raw: string): string {
  if (textFault(raw) !== undefined) return raw
  let out = ''
  let depth = 0
  let last = ''
  const line = () => `\n${'  '.repeat(depth)}`
  for (const [piece] of raw.matchAll(PIECES)) {
    const isEnd = piece === '}' || piece === ']'
    const isFirst = last === '{' || last === '['
    if (isEnd) depth -= 1
    if (isEnd ? !isFirst : isFirst || last === ',') out += line()
    if (last === ':') out += ' '
    out += piece
    if (piece === '{' || piece === '[') depth += 1
    last = piece
  }
  return out
}
