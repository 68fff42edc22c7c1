import { expect, test } from 'vitest'
import type { Funnel } from '../api/funnel.ts'
import { language } from '../i18n/i18n.ts'
import { funnelWords } from './funnel-words.ts'

const speech = { text: language.get().text, span: (ms: number) => `${ms / 60_000} min`, touchpoint: (id: string) => id }
const plain: Funnel = {
  range: { last: '30d', zone: 'UTC' },
  steps: [
    { name: 'See', matcher: {} },
    { name: 'Look', matcher: {}, optional: true },
    { name: 'Buy', matcher: {} },
  ],
}

test('every field that the numbers depend on has a sentence, the usual ones too', () => {
  const fields = funnelWords(plain, speech).map((it) => it.field)
  expect(fields).toEqual(['unit', 'range', 'order', 'window', 'entry', 'ties', 'reuse', 'optional'])
})

test('each exclusion, what is held, filter and breakdown are told when there are any', () => {
  const all: Funnel = {
    ...plain,
    exclusions: [
      { matcher: { events: ['refund'] }, after: 0, before: 2 },
      { matcher: { events: ['refund'] }, after: 0, before: 2, effect: 'drop_unit' },
    ],
    hold: ['properties.sku'],
    filter: { rule: { where: { field: 'channel', test: { is: ['web'] } } } },
    breakdown: { field: 'channel', attribution: { step: 2 } },
  }
  const words = funnelWords(all, speech)
  expect(words.slice(8).map((it) => it.field)).toEqual(['exclusions 0', 'exclusions 1', 'hold', 'filter', 'breakdown'])
  expect(new Set(words.map((it) => it.field)).size).toBe(words.length)
})

test('a trait is told as it is now, whichever step lines are told apart by', () => {
  const keys = { ...speech, text: ((key: string) => key) as unknown as typeof speech.text }
  const words = (field: string) => funnelWords({ ...plain, breakdown: { field, attribution: 'last' } }, keys).at(-1)?.words
  expect(words('traits.plan')).toBe('funnel.words.breakdown.now')
  expect(words('channel')).toBe('funnel.words.breakdown.last')
})
