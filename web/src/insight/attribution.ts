import type { Attribution, Credit } from '../api/attribution.ts'

/** Which number of each credit is shown. */
export const shows = ['conversions', 'value', 'share'] as const
export type Show = (typeof shows)[number]

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
  const names = (conversion.events?.length ?? 0) + (conversion.touchpoints?.length ?? 0) + (conversion.channels?.length ?? 0) + (conversion.signals?.length ?? 0)
  return names > 0 || (conversion.rule !== null && conversion.rule !== undefined)
}

/** A share without the noise of adding up, so that all is shown as all. */
export function wholeShare(share: number): number {
  return Math.round(share * 1e9) / 1e9
}
