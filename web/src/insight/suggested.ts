import type { FunnelStep } from '../api/funnel.ts'
import type { Vocabulary } from '../api/vocabulary.ts'

type StageRule = NonNullable<Vocabulary['stages']>[number]

/** Funnels along the stages: all of them, then each passage from one to the next. */
export function suggestedFunnels(stages: readonly StageRule[]): readonly (readonly FunnelStep[])[] {
  const steps = stages.map(({ name, entry }) => ({ name, matcher: entry }))
  if (steps.length < 2) return []
  const passages = steps.slice(1).map((step, index) => steps.slice(index, index + 1).concat(step))
  return steps.length === 2 ? passages : [steps, ...passages]
}

/** Stages whose entry may be what a business is after: all but the first, the last ones ahead. */
export function suggestedConversions(stages: readonly StageRule[]): readonly StageRule[] {
  return stages.slice(1).toReversed()
}
