import { expect, test } from 'vitest'
import { drawRiver } from './river.ts'

const reach = (share: number, exitShare = 0) => ({ share, exitShare })

test('the line is as thick as the share of people, and never vanishes', () => {
  const { body } = drawRiver([reach(1), reach(0.5), reach(0)], 100, 50, 90)
  for (const edge of ['M0 30', '50 30', '150 40', '250 48.5', '250 51.5', '150 60', '50 70']) expect(body).toContain(edge)
})

test('the outline is closed and goes back the way it came', () => {
  const { body } = drawRiver([reach(1), reach(1)], 100, 50, 90)
  expect(body).toBe('M0 30C16.67 30 33.33 30 50 30C83.33 30 116.67 30 150 30C166.67 30 183.33 30 200 30L200 70C183.33 70 166.67 70 150 70C116.67 70 83.33 70 50 70C33.33 70 16.67 70 0 70Z')
})

test('a strand leaves where people are lost', () => {
  const { exits } = drawRiver([reach(1, 0.5), reach(0.5, 0.01)], 100, 50, 90)
  expect(exits.map((it) => it.width)).toEqual([20])
})

test('a station stands in the middle of each column', () => {
  expect(drawRiver([reach(1), reach(1)], 120, 50, 90).stations).toEqual([
    { x: 60, y: 50 },
    { x: 180, y: 50 },
  ])
  expect(drawRiver([], 120, 50, 90).body).toBe('')
})

test('the largest share fills the line, unless nearly nobody is there', () => {
  expect(drawRiver([reach(0.5)], 100, 50, 90).body).toContain('50 30')
  expect(drawRiver([reach(0.05)], 100, 50, 90).body).toContain('50 45')
})
