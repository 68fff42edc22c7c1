import { expect, test } from 'vitest'
import { placeAt, placesOf } from './as-of.ts'

const moment = (lines: number) => ({ lines, at: '2026-03-01T00:00:00.000Z' })

test('the slider goes from before the first line over each moment to now', () => {
  expect(placesOf([moment(2), moment(5), moment(9)], 9)).toEqual([0, 2, 5, 'now'])
  expect(placesOf([moment(2)], 4)).toEqual([0, 2, 'now'])
  expect(placesOf([], 4)).toEqual([0, 'now'])
})

test('where nothing was ever joined there is nothing but now', () => {
  expect(placesOf([], 0)).toEqual(['now'])
  expect(placeAt(['now'], undefined, 0)).toBe(0)
  expect(placeAt(['now'], 0, 0)).toBe(0)
})

test.each([
  [undefined, 3],
  [0, 0],
  [1, 0],
  [2, 1],
  [4, 1],
  [8, 2],
  [9, 3],
  [99, 3],
])('as of %s is place %s', (asOf, place) => {
  expect(placeAt([0, 2, 5, 'now'], asOf, 9)).toBe(place)
})
