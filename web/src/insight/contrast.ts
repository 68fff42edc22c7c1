import type { components } from '../api/schema.ts'
import type { Format } from '../i18n/use-format.ts'
import type { Text } from '../i18n/use-text.ts'

/** Those with something against those who are like them. */
export type Contrast = components['schemas']['Contrast']

type Compared = { readonly compared?: Contrast | null | undefined }

/** The largest effect or bound of one, which the bars of all are drawn against. */
export function reachOf(rows: readonly Compared[]): number {
  return Math.max(1, ...rows.flatMap(({ compared: it }) => (it == null ? [] : [it.people_per_month, it.people_interval.low, it.people_interval.high].map(Math.abs))))
}

/** How sure and how large a difference is, besides what it means. */
export function contrastWords(it: Contrast, text: Text, format: Format): string {
  return [
    text('contrast.difference', { points: format.points(it.difference), low: format.points(it.interval.low), high: format.points(it.interval.high) }),
    ...(it.relative == null ? [] : [text('contrast.relative', { times: format.amount(it.relative) })]),
    ...(it.odds == null ? [] : [text('contrast.odds', { times: format.amount(it.odds) })]),
    text('contrast.falseRate', { share: falseWords(it.false_rate, format) }),
  ].join(' · ')
}

/** Its columns in a table, in the order of `contrastCells`. */
export const contrastHeads = ['perMonth', 'withShare', 'withoutShare', 'relativeRisk', 'oddsRatio', 'chance'] as const

export function contrastCells(it: Contrast | null | undefined, format: Format): readonly string[] {
  if (it == null) return contrastHeads.map(() => '–')
  const amount = (value: number | null | undefined) => (value == null ? '–' : format.amount(value))
  return [amount(it.people_per_month), format.share(it.with.part / it.with.whole), format.share(it.without), amount(it.relative), amount(it.odds), falseWords(it.false_rate, format)]
}

/** A rate below what is shown is not none. */
function falseWords(rate: number, format: Format): string {
  return rate < 0.001 ? `< ${format.share(0.001)}` : format.share(rate)
}
