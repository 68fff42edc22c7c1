import type { Funnel } from '../api/funnel.ts'
import choices from './funnel-presets.json'

export const presets = ['throughline', 'clickhouse', 'posthog', 'mixpanel', 'amplitude'] as const
export type Preset = (typeof presets)[number]

/** The choices of a product as the server writes them down; texts of a file lose their kinds, so they are named again. */
type Choices = Required<Pick<Funnel, 'order' | 'entry' | 'unit' | 'ties' | 'reuse'>> & { readonly effect: 'spoil_attempt' | 'stop_there' | 'drop_unit' }

function choicesOf(preset: Preset): Choices {
  const { entry, ties, reuse, effect } = choices[preset]
  return {
    order: 'ordered',
    unit: 'profile',
    entry: entry === 'first' ? 'first' : 'best',
    ties: typeof ties === 'string' ? 'any_order' : { grace: ties.grace },
    reuse,
    effect: effect === 'drop_unit' || effect === 'stop_there' ? effect : 'spoil_attempt',
  }
}

/** The funnel as a product counts it. What each of them lets choose stays: range, steps, length of the window, filter, breakdown. */
export function applyPreset(funnel: Funnel, preset: Preset): Funnel {
  const { effect, ...fields } = choicesOf(preset)
  const { window } = funnel
  return {
    ...funnel,
    ...fields,
    ...(typeof window === 'object' && 'each' in window ? { window: { whole: window.each } } : {}),
    ...(funnel.exclusions === undefined ? {} : { exclusions: funnel.exclusions.map((it) => ({ ...it, effect })) }),
  }
}

/** Whose choices a funnel makes; none when they are its own. */
export function presetOf(funnel: Funnel): Preset | null {
  const { order = 'ordered', entry = 'best', unit = 'profile', ties = 'any_order', reuse = false, window, exclusions = [] } = funnel
  if (typeof window === 'object' && 'each' in window) return null
  const found = presets.find((preset) => {
    const { effect, ...fields } = choicesOf(preset)
    const same = JSON.stringify([fields.order, fields.entry, fields.unit, fields.ties, fields.reuse]) === JSON.stringify([order, entry, unit, ties, reuse])
    return same && exclusions.every((it) => (it.effect ?? 'spoil_attempt') === effect)
  })
  return found ?? null
}
