import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Paths = components['schemas']['Paths']
export type PathsAnswer = components['schemas']['PathsAnswer']
/** One way through: the elements, and how often and by whom it was taken. */
export type Way = components['schemas']['Path']
export type PathUnit = components['schemas']['PathUnit']
export type PathsSelect = components['schemas']['PathsSelect']
/** A place or a band of a drawing of paths. */
export type Through = components['schemas']['Through']
export type Element = components['schemas']['Element']
export type Transitions = components['schemas']['Transitions']
export type TransitionsAnswer = components['schemas']['TransitionsAnswer']
export type Transition = components['schemas']['Transition']
export type TransitionsSelect = components['schemas']['TransitionsSelect']
export type Visits = components['schemas']['Visits']

type Answer = components['schemas']['Answer']
/** The answer to a report of paths. */
export type PathsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'paths' }> }
/** The answer to a report of transitions. */
export type TransitionsReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'transitions' }> }

/** Asks for ways through; they are asked for again when events arrive. `null` asks nothing. */
export const pathsQuery = (ws: string, paths: Paths | null, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'paths', paths, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<PathsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'paths', ...paths }, signal }),
    placeholderData: keepPreviousData,
    enabled: paths !== null,
    retry: false,
    meta: { live: true },
  })

/** Asks what follows what; it is asked again when events arrive. `null` asks nothing. */
export const transitionsQuery = (ws: string, transitions: Transitions | null, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'transitions', transitions, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<TransitionsReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'transitions', ...transitions }, signal }),
    placeholderData: keepPreviousData,
    enabled: transitions !== null,
    retry: false,
    meta: { live: true },
  })
