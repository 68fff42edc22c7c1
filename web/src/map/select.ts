import type { MapNumbers } from '../api/map.ts'

/** A count of people at a step. */
export type StepPart = 'people' | 'from_previous' | 'goal' | 'returns' | 'exits' | 'open' | 'finished' | 'entries'

/** Names one number of a map, so that the people behind it can be asked for. */
export type MapSelect =
  | { readonly kind: 'profiles' | 'base' | 'goal' | 'whole' }
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'step'; readonly step: string; readonly part: StepPart }
  | { readonly kind: 'step_channel'; readonly step: string; readonly channel: string }
  | { readonly kind: 'transition'; readonly from: string; readonly to: string }
  | { readonly kind: 'unexplained'; readonly name: string }

export function selectWhole(kind: 'profiles' | 'base' | 'goal' | 'whole'): MapSelect {
  return { kind }
}

export function selectStage(stage: string): MapSelect {
  return { kind: 'stage', stage }
}

export function selectStep(step: string, part: StepPart): MapSelect {
  return { kind: 'step', step, part }
}

export function selectChannel(step: string, channel: string): MapSelect {
  return { kind: 'step_channel', step, channel }
}

export function selectTransition(it: MapNumbers['transitions'][number]): MapSelect {
  return { kind: 'transition', from: it.from, to: it.to }
}

export function selectUnexplained(name: string): MapSelect {
  return { kind: 'unexplained', name }
}
