import type { MapNumbers } from '../api/map.ts'

/** Names one number of a map, so that the people behind it can be asked for. */
export type MapSelect =
  | { readonly kind: 'step'; readonly step: string; readonly part: 'people' | 'exits' | 'returns' }
  | { readonly kind: 'step_channel'; readonly step: string; readonly channel: string }
  | { readonly kind: 'transition'; readonly from: string; readonly to: string }
  | { readonly kind: 'unexplained'; readonly name: string }

export function selectStep(step: string, part: 'people' | 'exits' | 'returns'): MapSelect {
  return { kind: 'step', step, part }
}

export function selectTransition(it: MapNumbers['transitions'][number]): MapSelect {
  return { kind: 'transition', from: it.from, to: it.to }
}

export function selectUnexplained(name: string): MapSelect {
  return { kind: 'unexplained', name }
}
