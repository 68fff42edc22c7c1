import type { Attribution, CreditModel } from '../api/attribution.ts'
import { parseSpan } from '../lib/span.ts'
import { modelName } from '../api/credit-model.ts'

/** The models of a report that names none, in the server's order and spelling. */
export const usualModels: readonly CreditModel[] = [
  'first',
  'last',
  'last_non_direct',
  'linear',
  { position: { first: 40, last: 40 } },
  { position: { first: 20, last: 60 } },
  { position: { first: 60, last: 20 } },
  { time_decay: '1w' },
  'participation',
  { markov: 1 },
  { markov: 2 },
  { markov: 3 },
  'shapley',
]

/** One key per model, however its numbers are written. */
export function modelKey(model: CreditModel): string {
  const name = modelName(model)
  return JSON.stringify(name.kind === 'time_decay' ? { ...name, span: parseSpan(name.span) ?? name.span } : name)
}

/** The models that a report asks for. */
export function chosenModels({ models }: Attribution): readonly CreditModel[] {
  return models ?? usualModels
}

/** What can be chosen: the usual models, then those that only this report has. */
export function modelChoices(attribution: Attribution): readonly CreditModel[] {
  const usual = new Set(usualModels.map(modelKey))
  return [...usualModels, ...chosenModels(attribution).filter((it) => !usual.has(modelKey(it)))]
}

/** The models of a report after one was taken in or out; the last one stays, as a report without a model says nothing. */
export function toggleModel(attribution: Attribution, model: CreditModel): readonly CreditModel[] {
  const chosen = new Set(chosenModels(attribution).map(modelKey))
  const key = modelKey(model)
  if (!chosen.delete(key)) chosen.add(key)
  const next = modelChoices(attribution).filter((it) => chosen.has(modelKey(it)))
  return next.length === 0 ? chosenModels(attribution) : next
}
