import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { askPath, thenKey } from './as-of.ts'
import { ask } from './client.ts'
import type { components } from './schema.ts'

export type Choice = components['schemas']['Choice']
export type ChoiceFactor = components['schemas']['Factor']
export type ChoiceSelect = components['schemas']['ChoiceSelect']
export type CalibrationBin = components['schemas']['CalibrationBin']

type Answer = components['schemas']['Answer']
/** The answer to a question about which way people choose. */
export type ChoiceReply = Omit<Answer, 'numbers'> & { readonly numbers: Extract<Answer['numbers'], { readonly kind: 'choice' }> }

/** Asks which way people choose; it is asked again when events arrive. */
export const choiceQuery = (ws: string, choice: Choice, enabled: boolean, asOf?: number) =>
  queryOptions({
    queryKey: ['w', ws, 'ask', 'choice', choice, ...thenKey(asOf)],
    queryFn: ({ signal }) => ask<ChoiceReply>(askPath(ws, asOf), { method: 'POST', body: { kind: 'choice', ...choice }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    meta: { live: true },
  })
