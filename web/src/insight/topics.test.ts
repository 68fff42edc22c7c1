import { expect, test } from 'vitest'
import { canAskTopics, plainTopics, readTopicsSearch, suggestedTexts, topicName } from './topics.ts'
import { byOf, plainUnexpected, readUnexpectedSearch } from './unexpected.ts'

const range = { last: '30d', zone: 'UTC' } as const

test('comments come before searches, and nothing but properties', () => {
  expect(suggestedTexts(['properties.query', 'properties.comment', 'context.comment', 'properties.sku'])).toEqual(['properties.comment', 'properties.query'])
})

test('topics are asked with a field, and a way has two named steps', () => {
  const plain = plainTopics(range)
  expect(canAskTopics(plain)).toBe(false)
  expect(canAskTopics({ ...plain, fields: ['properties.a'] })).toBe(true)
  expect(canAskTopics({ ...plain, fields: ['properties.a'], way: { steps: [{ name: 'a', matcher: {} }] } })).toBe(false)
  expect(topicName({ terms: ['a', 'b', 'c', 'd', 'e'] })).toBe('a · b · c · d')
})

test('questions are read from an address or not at all', () => {
  const topics = { range, fields: ['properties.a'], way: { steps: [{ name: 'a', matcher: {} }] } }
  expect(readTopicsSearch({ ask: topics })).toEqual({ ask: topics })
  expect(readTopicsSearch({ ask: { ...topics, fields: [1] } })).toEqual({})
  expect(readTopicsSearch({ ask: { ...topics, way: { steps: 'all' } } })).toEqual({})
  const ways = plainUnexpected(range)
  expect(readUnexpectedSearch({ ask: ways })).toEqual({ ask: ways })
  expect(readUnexpectedSearch({ ask: { ...ways, by: 7 } })).toEqual({})
  expect([byOf(undefined), byOf({ field: 'source' }), byOf({ steps: [] }), byOf('channel')]).toEqual(['event', 'field', null, 'channel'])
})
