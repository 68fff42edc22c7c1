import { expect, test } from 'vitest'
import type { Rule } from '../api/model.ts'
import { leavesBotsOut, noBots, withBots, withoutBots } from './bots.ts'

const paid: Rule = { where: { field: 'properties.paid', test: { is: [true] } } }
const web: Rule = { where: { field: 'channel', test: { is: ['web'] } } }
const either: Rule = { any: [paid, web] }

test.each<[Rule | null | undefined, Rule]>([
  [undefined, noBots],
  [null, noBots],
  [{ all: [] }, noBots],
  [paid, { all: [paid, noBots] }],
  [either, { all: [either, noBots] }],
  [{ all: [paid, web] }, { all: [paid, web, noBots] }],
])('%j leaves bots out as %j, and comes back', (rule, without) => {
  expect(leavesBotsOut(rule)).toBe(false)
  expect(withoutBots(rule)).toEqual(without)
  expect(leavesBotsOut(without)).toBe(true)
  expect(withoutBots(without)).toEqual(without)
  expect(withBots(without)).toEqual(rule === undefined || (rule !== null && 'all' in rule && rule.all.length === 0) ? null : rule)
})

test('the condition counts only where it holds for every event', () => {
  expect(leavesBotsOut({ any: [noBots, paid] })).toBe(false)
  expect(leavesBotsOut({ not: noBots })).toBe(false)
  expect(leavesBotsOut({ all: [paid, { all: [noBots] }] })).toBe(true)
  expect(withBots({ all: [paid, { all: [noBots] }] })).toEqual(paid)
  expect(withBots({ any: [noBots, paid] })).toEqual({ any: [noBots, paid] })
})

test('another condition on the same field is left alone', () => {
  const declared: Rule = { where: { field: 'context.bot', test: { is: ['declared'] } } }
  expect(leavesBotsOut(declared)).toBe(false)
  expect(withBots({ all: [declared, noBots] })).toEqual(declared)
})
