import { expect, test } from 'vitest'
import { countOf, sharedWith, templatesOf } from './segment.ts'

test('beginnings name only what the workspace has', () => {
  expect(templatesOf({ events: [], stages: [] }).map((it) => it.key)).toEqual(['active', 'silent'])
  const events = [
    { name: 'rare', events: 1 },
    { name: 'view', events: 9 },
  ]
  expect(templatesOf({ events, stages: [] }).map((it) => [it.key, it.name])).toEqual([
    ['active', ''],
    ['silent', ''],
    ['often', 'view'],
    ['turned', 'view'],
  ])
  const stages = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ]
  expect(templatesOf({ events, stages }).slice(-2).map((it) => [it.key, it.name])).toEqual([
    ['stage', 'B'],
    ['turned', 'A'],
  ])
})

test('a condition is counted at its place, its negation at its own', () => {
  const counts = {
    people: 1,
    conditions: [
      { place: 'all[0].did', people: 2 },
      { place: 'all[1]', people: 3 },
      { place: 'all[1].not.did', people: 4 },
    ],
  }
  expect(countOf(counts, '')).toBe(1)
  expect(countOf(counts, 'all[0]')).toBe(2)
  expect(countOf(counts, 'all[1]')).toBe(3)
  expect(countOf(counts, 'all[2]')).toBeNull()
})

test('other segments are told by how much of the first they have', () => {
  const pairs = [
    { first: 0, second: 1, people: 2 },
    { first: 0, second: 2, people: 5 },
    { first: 1, second: 2, people: 9 },
  ]
  const overlap = { asked: '2026-01-01T00:00:00Z', everybody: 20, neither: 1, sizes: [6, 10, 9], pairs, regions: [] }
  expect(sharedWith(overlap)).toEqual([
    { index: 2, people: 5, size: 9 },
    { index: 1, people: 2, size: 10 },
  ])
})
