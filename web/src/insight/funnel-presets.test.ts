import { expect, test } from 'vitest'
import type { Funnel } from '../api/funnel.ts'
import choices from './funnel-presets.json'
import { applyPreset, presetOf, presets } from './funnel-presets.ts'

const own: Funnel = {
  range: { last: '30d', zone: 'UTC' },
  steps: [
    { name: 'a', matcher: {} },
    { name: 'b', matcher: {} },
  ],
  order: 'strict',
  window: { each: '3d' },
  exclusions: [{ matcher: {}, after: 0, before: 1 }],
}

test('a preset sets what the server says, and is known again by it', () => {
  for (const preset of presets) {
    const set = applyPreset(own, preset)
    const { effect, ...fields } = choices[preset]
    expect(set).toMatchObject(fields)
    expect(set.exclusions?.map((it) => it.effect)).toEqual([effect])
    expect(set.window).toEqual({ whole: '3d' })
    expect(presetOf(set)).toBe(preset)
  }
})

test('choices that no product makes are one’s own, and defaults are ours', () => {
  expect(presetOf(own)).toBeNull()
  expect(presetOf({ range: own.range, steps: own.steps })).toBe('throughline')
})
