import { expect, test } from 'vitest'
import { suggestedConversions, suggestedFunnels } from './suggested.ts'

const stage = (id: string) => ({ id, name: id.toUpperCase(), entry: { touchpoints: [id] } })
const names = (ids: readonly string[]) => suggestedFunnels(ids.map(stage)).map((steps) => steps.map((step) => step.name).join(' '))

test('all stages come first, then each passage', () => {
  expect(names(['see', 'want', 'buy'])).toEqual(['SEE WANT BUY', 'SEE WANT', 'WANT BUY'])
})

test('two stages are one funnel, fewer are none', () => {
  expect(names(['see', 'buy'])).toEqual(['SEE BUY'])
  expect(names(['see'])).toEqual([])
  expect(names([])).toEqual([])
})

test('a step matches what leads into its stage', () => {
  expect(suggestedFunnels([stage('see'), stage('buy')])[0]?.map((step) => step.matcher)).toEqual([{ touchpoints: ['see'] }, { touchpoints: ['buy'] }])
})

test('nobody converts by being there first', () => {
  expect(suggestedConversions(['see', 'want', 'buy'].map(stage)).map((it) => it.id)).toEqual(['buy', 'want'])
})
