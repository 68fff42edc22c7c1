import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { thenKey } from './as-of.ts'
import { ask, withQuery } from './client.ts'
import type { Report } from './model.ts'
import type { components } from './schema.ts'

type Schemas = components['schemas']
/** What a report is compared with. */
export type Against = Schemas['ComparedWith']
/** Two answers of one question, with their figures in pairs. */
export type Comparison = Schemas['Comparison']
export type Figure = Schemas['Figure']
export type FigureOf = Schemas['FigureOf']
export type FigureSide = Schemas['FigureSide']
export type FigureName = Schemas['FigureName']
export type Remaining = Schemas['Remaining']

/** Reports that can be compared: one that is of two funnels has two ranges and two groups of people already. */
export type Comparable = Exclude<Report, { readonly kind: 'difference' }>

export function isComparable(report: Report): report is Comparable {
  return report.kind !== 'difference'
}

/** A report as it is compared: a funnel tells how long it takes, as curves are a part of the comparison. */
export function comparable(report: Report): Report {
  return report.kind === 'funnel' ? { ...report, times: true } : report
}

/** Asks both sides; it is asked again when events arrive. */
export const comparisonQuery = (ws: string, report: Report, against: Against, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'compare', report, against, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<Comparison>(withQuery(`/w/${ws}/compare`, { as_of: asOf }), { method: 'POST', body: { report, against }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    meta: { live: true },
  })
