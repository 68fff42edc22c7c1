import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type PageMap = components['schemas']['PageMap']
export type PageMapAnswer = components['schemas']['PageMapAnswer']
export type PageMapWidth = components['schemas']['PageMapWidth']
export type PageMapSelect = components['schemas']['PageMapSelect']
export type ClickTally = components['schemas']['ClickTally']
export type ClickedElement = components['schemas']['ClickedElement']
export type PageBand = components['schemas']['PageBand']
export type WidthClass = components['schemas']['WidthClass']

type Answer = components['schemas']['Answer']
/** The answer to a report about one page. */
export type PageMapReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'page_map' }> }

/** Asks where a page is clicked, read and looked at; it is asked again when events arrive. */
export const pageMapQuery = (ws: string, map: PageMap, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'page_map', map, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<PageMapReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'page_map', ...map }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
