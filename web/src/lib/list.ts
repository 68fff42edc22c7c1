/** The list with one item at another place. */
export function moved<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const rest = list.filter((_, index) => index !== from)
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)]
}

/** An id like `checkout_page` that is not taken; names without Latin letters get a number after the word for nothing. */
export function freeId(name: string, taken: readonly string[], nameless = 'entry'): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40)
  const base = plain === '' ? nameless : plain
  if (!taken.includes(base) && plain !== '') return base
  for (let number = plain === '' ? 1 : 2; ; number += 1) {
    const id = `${base}_${number}`
    if (!taken.includes(id)) return id
  }
}

/** Words of a line with commas between, each once. */
export function wordsOf(line: string): string[] {
  const words = line.split(/[,，、;；\n]/).map((it) => it.trim())
  return [...new Set(words.filter((it) => it !== ''))]
}
