import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type TopicsReport = components['schemas']['TopicsReport']
export type TopicAnswer = components['schemas']['TopicAnswer']
export type TopicsSelect = components['schemas']['TopicsSelect']

type Answer = components['schemas']['Answer']
/** The answer to a question about what people write of. */
export type TopicsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'topics' }> }

/** Asks what texts are about; it is asked again when events arrive. */
export const topicsQuery = (ws: string, topics: TopicsReport, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'topics', topics, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<TopicsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'topics', ...topics }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
