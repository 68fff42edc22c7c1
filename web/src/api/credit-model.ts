import type { components } from './schema.ts'

export type CreditModel = components['schemas']['CreditModel']

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
