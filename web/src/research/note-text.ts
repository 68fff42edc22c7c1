import type { Quote } from '../api/research.ts'

/** A run of text, and the quotes that it belongs to. */
export type Piece = { readonly text: string; readonly quotes: readonly number[] }

/** Where words stand, in characters as the server counts them. */
export type Stretch = { readonly start: number; readonly end: number; readonly words: string }

type Placed = { readonly id: number; readonly quote: Pick<Quote, 'start' | 'end'> }

/** Cuts a text wherever a quote begins or ends. Together the pieces are the text again. */
export function piecesOf(text: string, quotes: readonly Placed[]): Piece[] {
  const chars = [...text]
  const cuts = new Set([0, chars.length])
  for (const { quote } of quotes) {
    cuts.add(Math.min(quote.start, chars.length))
    cuts.add(Math.min(quote.end, chars.length))
  }
  const places = [...cuts].sort((a, b) => a - b)
  return places.slice(0, -1).map((from, index) => {
    const to = places[index + 1] ?? chars.length
    const here = quotes.filter(({ quote }) => quote.start <= from && quote.end >= to)
    return { text: chars.slice(from, to).join(''), quotes: here.map((it) => it.id) }
  })
}

/** What is selected, told by the letters of a text as the browser counts them; null where these are no words. */
export function stretchOf(text: string, from: number, to: number): Stretch | null {
  const [first, last] = from <= to ? [from, to] : [to, from]
  const selected = text.slice(first, last)
  const words = selected.trim()
  if (words === '') return null
  const start = [...text.slice(0, first + selected.indexOf(words))].length
  return { start, end: start + [...words].length, words }
}
