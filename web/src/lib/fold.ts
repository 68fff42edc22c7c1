/** Letters as they are compared in searches: width and case do not matter. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Whether a text has every word of a search, in any order. */
export function hasWords(text: string, search: string): boolean {
  const folded = fold(text)
  return fold(search)
    .split(/\s+/)
    .every((word) => folded.includes(word))
}

/** A text without the spaces that a page does not show: those at its ends, and all but one of several. */
export function asShown(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
