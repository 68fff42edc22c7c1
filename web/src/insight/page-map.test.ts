import { expect, test } from 'vitest'
import type { PageMapWidth } from '../api/page-map.ts'
import { bandLines, choiceOf, halfReach, heatOf, heightOf, isAskable, pageOfChoice, widthToShow } from './page-map.ts'

const none = { times: 0, profiles: 0 }
const clicks = (times: number) => ({ clicks: { times, profiles: 1 }, rage: none, dead: none })

const phone: PageMapWidth = {
  class: 'phone',
  views: { times: 4, profiles: 3 },
  clicks: clicks(2),
  page_width: 400,
  page_height: 1_200,
  fold: 700,
  cells: [{ row: 3, column: 19, ...clicks(2) }],
  elements: [],
  more_elements: 0,
  bands: [
    { top: 0, reached: { times: 4, profiles: 3 }, looked_ms: 8_000, lookers: 3 },
    { top: 100, reached: { times: 2, profiles: 2 }, looked_ms: 1_000, lookers: 1 },
    { top: 200, reached: { times: 1, profiles: 1 }, looked_ms: 0, lookers: 0 },
  ],
}
const empty: PageMapWidth = { ...phone, class: 'tablet', views: none, clicks: clicks(0), page_width: null, page_height: null, fold: null, cells: [], bands: [] }

test('the width with the most on it is shown until one is chosen', () => {
  const answer = { widths: [empty, phone], visitors: 3, unplaced: 0 }
  expect(widthToShow(answer, undefined)?.class).toBe('phone')
  expect(widthToShow(answer, 'tablet')?.class).toBe('tablet')
})

test('bands are as high on the drawing as on the page', () => {
  expect(bandLines(phone).map((it) => [it.top, it.height, it.share, it.eachMs])).toEqual([
    [0, 250, 1, 2_000],
    [250, 250, 0.5, 250],
    [500, 250, 0.25, 0],
  ])
  expect(halfReach(phone)).toBe(200)
  expect(halfReach(empty)).toBe(null)
})

test('a page is as high as it was measured, and a click below it does not stretch it', () => {
  expect(heightOf(phone)).toBe(3_000)
  expect(heightOf({ ...phone, cells: [{ row: 999, column: 0, ...clicks(1) }] })).toBeCloseTo(3_300)
  expect(heightOf(empty)).toBe(100)
})

test('a shade is given to all that is more than nothing', () => {
  expect([0, 1, 50, 100].map((it) => heatOf(it, 100))).toEqual([0, 1, 4, 5])
  expect(heatOf(0, 0)).toBe(0)
})

test('a page is chosen by its path or by how paths begin', () => {
  expect(choiceOf({ is: ['/sale'] })).toEqual({ kind: 'is', path: '/sale' })
  expect(pageOfChoice(choiceOf({ starts_with: '/item/' }))).toEqual({ starts_with: '/item/' })
  const range = { all: true }
  expect([{ is: [] }, { starts_with: '' }, { is: ['/'] }].map((page) => isAskable({ range, page }))).toEqual([false, false, true])
})
