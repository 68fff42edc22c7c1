import { expect, test } from 'vitest'
import type { Credit } from '../api/attribution.ts'
import { modelName } from '../api/credit-model.ts'
import { barShare, isAskable, largestShare, wholeShare } from './attribution.ts'
import { chosenModels, modelChoices, modelKey, toggleModel, usualModels } from './attribution-models.ts'
import { readAttributionSearch } from './attribution-search.ts'

const credit = (share: number): Credit => ({ conversions: share * 10, value: 0, share })

test('weights that have a name are called by it, others by their numbers', () => {
  expect(modelName('first')).toEqual({ kind: 'first' })
  expect(modelName({ position: { first: 40, last: 40 } })).toEqual({ kind: 'u' })
  expect(modelName({ position: { first: 20, last: 60 } })).toEqual({ kind: 'j' })
  expect(modelName({ position: { first: 60, last: 20 } })).toEqual({ kind: 'inverse_j' })
  expect(modelName({ position: { first: 30, last: 30 } })).toEqual({ kind: 'position', first: 30, last: 30 })
  expect(modelName({ markov: 2 })).toEqual({ kind: 'markov', order: 2 })
  expect(modelName({ time_decay: '1w' })).toEqual({ kind: 'time_decay', span: '1w' })
})

test('bars of all models have one measure', () => {
  const lines = [{ credit: [credit(0.2), credit(0.8)] }, { credit: [credit(0.4), credit(0.1)] }]
  expect(largestShare(lines)).toBe(0.8)
  expect(barShare(credit(0.4), 0.8)).toBe(0.5)
  expect(barShare(credit(0), largestShare([]))).toBe(0)
})

test('all of it is all of it, whatever adding up does', () => {
  expect(wholeShare(0.1 + 0.2 + 0.7)).toBe(1)
  expect(wholeShare(0.999)).toBe(0.999)
})

test('a report is read from a URL or not at all, and asked once it says what a conversion is', () => {
  const ask = { range: { last: '30d' }, conversion: { events: ['order'] } }
  expect(readAttributionSearch({ ask, show: 'value' })).toEqual({ ask, show: 'value' })
  expect(readAttributionSearch({ ask: { ...ask, touch: 'all' }, show: 'everything' })).toEqual({})
  expect(isAskable({ range: { last: '30d' }, conversion: { events: ['order'] } })).toBe(true)
  expect(isAskable({ range: { last: '30d' }, conversion: { events: [] } })).toBe(false)
})

const report = { range: { last: '30d' }, conversion: { events: ['order'] } } as const

test('a report that names no model asks the usual ones, and one taken out and in again stands where it was', () => {
  expect(chosenModels(report)).toEqual(usualModels)
  const without = toggleModel(report, 'last')
  expect(without).toEqual(usualModels.filter((it) => it !== 'last'))
  expect(toggleModel({ ...report, models: without }, 'last')).toEqual(usualModels)
})

test('the last model cannot be taken out', () => {
  expect(toggleModel({ ...report, models: ['linear'] }, 'linear')).toEqual(['linear'])
})

test('models that only this report has can be chosen too, and one written in another way is the same', () => {
  const own = { position: { first: 30, last: 30 } }
  expect(modelChoices({ ...report, models: [own, 'first'] })).toEqual([...usualModels, own])
  expect(modelKey({ time_decay: '7d' })).toBe(modelKey({ time_decay: '1w' }))
  expect(modelChoices({ ...report, models: [{ time_decay: '7d' }] })).toEqual(usualModels)
  expect(toggleModel({ ...report, models: ['first', { time_decay: '7d' }] }, { time_decay: '1w' })).toEqual(['first'])
})
