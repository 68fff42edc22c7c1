import type { CostMapping } from '../api/cost.ts'

/** What a column of a file of costs can be; the first two have to be there. */
export const costParts = ['day', 'amount', 'campaign', 'channel', 'source', 'medium', 'content', 'currency', 'impressions', 'clicks'] as const
export type CostPart = (typeof costParts)[number]

export const dayOrders = ['year', 'day', 'month'] as const

/** Takes a column for a part, or none where nothing is chosen. */
export function withColumn(mapping: CostMapping, part: CostPart, column: string): CostMapping {
  if (part === 'day' || part === 'amount') return { ...mapping, [part]: column }
  return { ...mapping, [part]: column === '' ? null : column }
}

/** The column of a part; empty where there is none. */
export function columnOf(mapping: CostMapping, part: CostPart): string {
  return mapping[part] ?? ''
}

/** A currency's code as far as it is typed. */
export function typedCurrency(text: string): string {
  return text.replace(/[^a-z]/giu, '').slice(0, 3).toUpperCase()
}
