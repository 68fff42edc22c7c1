import type { MapNumbers, StepNumbers } from '../api/map.ts'
import { never } from '../lib/never.ts'

/** What the colors of a map can show. */
export const heats = ['none', 'loss', 'time', 'returns'] as const
export type Heat = (typeof heats)[number]

/** Colors after the one that means nothing. */
export const HEAT_LEVELS = 5

/** The value that a step is colored by; `null` where there is none. */
export function heatValue(step: StepNumbers, heat: Heat): number | null {
  switch (heat) {
    case 'none':
      return null
    case 'loss':
      return step.exit_share
    case 'returns':
      return step.return_share
    case 'time':
      return step.leave?.median_ms ?? null
    default:
      return never(heat)
  }
}

/** Upper ends of the levels. Shares are spread evenly, times by ratio, as they span minutes to weeks. */
export function heatBounds(numbers: MapNumbers, heat: Heat): readonly number[] {
  const values = numbers.steps.flatMap((step) => heatValue(step, heat) ?? []).filter((it) => it > 0)
  if (values.length === 0) return []
  const greatest = Math.max(...values)
  if (heat !== 'time') return Array.from({ length: HEAT_LEVELS }, (_, index) => (greatest * (index + 1)) / HEAT_LEVELS)
  const least = Math.max(1_000, Math.min(...values))
  const ratio = Math.max(greatest / least, 1.0001)
  return Array.from({ length: HEAT_LEVELS }, (_, index) => least * ratio ** ((index + 1) / HEAT_LEVELS))
}

/** The level of a value: 0 for none, 1 to 5 by the bounds. */
export function heatLevel(value: number | null, bounds: readonly number[]): number {
  if (value === null || value <= 0 || bounds.length === 0) return 0
  const index = bounds.findIndex((bound) => value <= bound * (1 + 1e-9))
  return index === -1 ? bounds.length : index + 1
}
