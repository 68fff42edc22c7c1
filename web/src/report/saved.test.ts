import { expect, test } from 'vitest'
import { ownSearch, placeOf } from './saved.ts'

test('people and the saved name are no part of a question', () => {
  expect(ownSearch({ ask: { steps: [] }, people: {}, saved: 'x' })).toEqual({ ask: { steps: [] } })
})

test('a report opens on the page that kept it', () => {
  const report = { kind: 'counts', range: { all: true } } as const
  const page = { name: 'funnel', search: { ask: 1 } }
  expect(placeOf({ page, report })).toEqual({ page: 'funnel', search: { ask: 1 } })
})

test('a report of the API opens on the page of its kind', () => {
  const range = { all: true }
  expect(placeOf({ page: null, report: { kind: 'funnel', range, steps: [] } })).toEqual({ page: 'funnel', search: { ask: { range, steps: [] } } })
  expect(placeOf({ page: null, report: { kind: 'lifecycle', range } })).toEqual({ page: 'retention', search: { ask: { kind: 'lifecycle', range } } })
  expect(placeOf({ page: null, report: { kind: 'stage_time', range, silence_max: '7d' } })?.search).toEqual({ ask: { range, silence: '7d' } })
  expect(placeOf({ page: null, report: { kind: 'switches', range } })).toEqual({ page: 'switches', search: { ask: { range } } })
  expect(placeOf({ page: null, report: { kind: 'counts', range } })).toBe(null)
})
