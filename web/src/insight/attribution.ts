import type { Attribution, Credit, CreditModel } from '../api/attribution.ts'

/** Which number of each credit is shown. */
export const shows = ['conversions', 'value', 'share'] as const
export type Show = (typeof shows)[number]

/** What a model is called: a kind that has a name in every language, and the number that belongs to it. */
export type ModelName =
  | { readonly kind: 'first' | 'last' | 'last_non_direct' | 'linear' | 'participation' | 'shapley' | 'u' | 'j' | 'inverse_j' }
  | { readonly kind: 'position'; readonly first: number; readonly last: number }
  | { readonly kind: 'time_decay'; readonly span: string }
  | { readonly kind: 'markov'; readonly order: number }

export function modelName(model: CreditModel): ModelName {
  if (typeof model === 'string') return { kind: model }
  if ('time_decay' in model) return { kind: 'time_decay', span: model.time_decay }
  if ('markov' in model) return { kind: 'markov', order: model.markov }
  const { first, last } = model.position
  if (first === 40 && last === 40) return { kind: 'u' }
  if (first === 20 && last === 60) return { kind: 'j' }
  if (first === 60 && last === 20) return { kind: 'inverse_j' }
  return { kind: 'position', first, last }
}

/** The part of a bar that a credit fills: of the largest share in the table, so that models compare. */
export function barShare(credit: Credit, largest: number): number {
  return largest > 0 ? credit.share / largest : 0
}

/** The largest share of all lines and models. */
export function largestShare(lines: readonly { readonly credit: readonly Credit[] }[]): number {
  return Math.max(0, ...lines.flatMap((line) => line.credit.map((it) => it.share)))
}

/** It can be asked once it says what a conversion is. */
export function isAskable({ conversion }: Attribution): boolean {
  const names = (conversion.events?.length ?? 0) + (conversion.touchpoints?.length ?? 0) + (conversion.channels?.length ?? 0)
  return names > 0 || (conversion.rule !== null && conversion.rule !== undefined)
}

/** A share without the noise of adding up, so that all is shown as all. */
export function wholeShare(share: number): number {
  return Math.round(share * 1e9) / 1e9
}
