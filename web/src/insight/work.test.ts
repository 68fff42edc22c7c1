import { expect, test } from 'vitest'
import type { WorkTime } from '../api/work-time.ts'
import { readTimeSearch } from './time-search.ts'
import { suggestedSteps, waitedShare, workTimeOf } from './work.ts'

const ask: WorkTime = { range: { last: '30d' }, steps: [] }
const events = (name: string) => ({ events: [name] })

test('steps are asked for once they have a name, a start and an end', () => {
  expect(workTimeOf(ask)).toBeNull()
  const whole = { name: 'call', start: events('a'), end: events('b') }
  expect(workTimeOf({ ...ask, steps: [{ name: 'x', start: {}, end: events('b') }] })).toBeNull()
  expect(workTimeOf({ ...ask, steps: [{ ...whole, asked: {} }, { ...whole, name: ' ' }] })?.steps).toEqual([whole])
  expect(workTimeOf({ ...ask, steps: [{ ...whole, asked: events('c') }] })?.steps[0]?.asked).toEqual(events('c'))
})

test('names of events suggest steps, however they are written', () => {
  const names = ['call_requested', 'call_started', 'call_ended', 'Order Placed', 'Order Shipped', 'OrderDelivered', 'ticket.opened', 'view', 'started', 'ended']
  expect(suggestedSteps(names)).toEqual([
    { name: 'Call', asked: events('call_requested'), start: events('call_started'), end: events('call_ended') },
    { name: 'Order', asked: events('Order Placed'), start: events('Order Shipped'), end: events('OrderDelivered') },
  ])
})

test('waiting is a share of the work that is done with its wait', () => {
  expect(waitedShare({ done: { passes: { times: 2, profiles: 1 }, waited_ms: 30, worked_ms: 10 } })).toBe(0.75)
  expect(waitedShare({ done: { passes: { times: 0, profiles: 0 }, waited_ms: 0, worked_ms: 0 } })).toBeNull()
})

test('the question of waiting and work stands in the URL', () => {
  const work = { ...ask, steps: [{ name: 'call', start: {}, end: {} }] }
  expect(readTimeSearch({ work })).toEqual({ work })
  expect(readTimeSearch({ work: { ...ask, steps: [{ name: 'call' }] } })).toEqual({})
})
