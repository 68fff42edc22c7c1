import { expect, test } from 'vitest'
import { Attention } from './attention.ts'
import { burst, inside, remember } from './click.ts'
import { permission, type ConsentRule } from './consent.ts'
import { isStable } from './element.ts'
import { ATTENTION_GAP_MS, ATTENTION_IDLE_MS, SESSION_IDLE_MS } from './limits.ts'
import { masked, safeAddress, safeText } from './privacy.ts'
import { arrive, readSession, search, touch, type Session } from './session.ts'

test('a visit ends after half an hour without anything', () => {
  const first = touch(undefined, 0, () => 'a')
  const second = touch(first, SESSION_IDLE_MS - 1, () => 'b')
  expect([second.id, touch(second, 2 * SESSION_IDLE_MS - 2, () => 'c').id]).toEqual(['a', 'a'])
  expect(touch(second, 2 * SESSION_IDLE_MS - 1, () => 'c').id).toBe('c')
})

test('a way back is told from a way on', () => {
  let session: Session = touch(undefined, 0, () => 'a')
  const arrivals = [
    ['/list', 0],
    ['/item', 5_000],
    ['/list', 8_000],
    ['/list', 9_000],
    ['/item', 20_000],
  ].map(([path, at]) => {
    const found = arrive(session, String(path), Number(at))
    session = found.session
    return found.arrival
  })
  expect(arrivals).toEqual([
    {},
    { before_ms: 5_000, back: false },
    { before_ms: 3_000, back: true },
    { before_ms: 1_000, back: false },
    { before_ms: 11_000, back: false },
  ])
})

test('a search that is looked at again is no other search', () => {
  let session: Session = touch(undefined, 0, () => 'a')
  const told = [
    ['tea', 0],
    ['tea', 4_000],
    ['green tea', 9_000],
  ].map(([words, at]) => {
    const found = search(session, String(words), Number(at))
    session = readSession(JSON.parse(JSON.stringify(found?.session ?? session))) ?? session
    return found === undefined ? 'known' : (found.again_ms ?? 'first')
  })
  expect(told).toEqual(['first', 'known', 9_000])
  expect(JSON.stringify(session)).not.toContain('tea')
})

const rule: ConsentRule = { mode: 'required', before: 'hold', category: 'analytics', honorsGpc: true }

test('nothing is permitted before a decision where one is required', () => {
  const assumed: ConsentRule = { ...rule, mode: 'assumed' }
  expect(permission(rule, undefined, false)).toBe('open')
  expect(permission(assumed, undefined, false)).toBe('granted')
  expect(permission(assumed, undefined, true)).toBe('denied')
  expect(permission({ ...assumed, honorsGpc: false }, undefined, true)).toBe('granted')
  expect(permission(rule, true, true)).toBe('granted')
  expect(permission(assumed, { marketing: true }, false)).toBe('denied')
  expect(permission(rule, { analytics: true, marketing: false }, false)).toBe('granted')
  expect(permission(rule, {}, false)).toBe('denied')
})

test('clicks in one place are told with their times, others end them', () => {
  const clicks = [
    { x: 10, y: 10, at: 0 },
    { x: 400, y: 10, at: 100 },
    { x: 12, y: 10, at: 200 },
    { x: 12, y: 12, at: 500 },
    { x: 14, y: 12, at: 900 },
  ]
  let earlier: readonly (typeof clicks)[number][] = []
  const found = clicks.map((click) => {
    const within = burst(earlier, click)
    earlier = remember(earlier, click)
    return within
  })
  expect(found).toEqual([{}, {}, {}, { '2': 300 }, { '2': 400, '3': 700 }])
})

test('places in an element go from 0 to 1', () => {
  expect(inside({ left: 100, top: 50, width: 200, height: 40 }, 150, 90)).toEqual({ x: 0.25, y: 1 })
  expect(inside({ left: 0, top: 0, width: 0, height: 0 }, 5, 5)).toEqual({ x: 0.5, y: 0.5 })
})

test('bands in sight gather time while somebody is there', () => {
  const attention = new Attention(0)
  attention.look(1_000, 0, 250, true)
  attention.look(2_000, 200, 450, true)
  attention.look(3_000, 200, 450, false)
  expect(attention.take()).toEqual({ active_ms: 2_000, reached: 450, bands: '10 10 20 10 10' })
  for (let now = 3_500; now <= 2 * ATTENTION_IDLE_MS; now += 500) attention.look(now, 0, 100, true)
  expect(attention.take()).toEqual({ active_ms: ATTENTION_IDLE_MS - 3_000, reached: 450, bands: '270' })
  expect(attention.take().bands).toBe('')
})

test('sleep is no attention', () => {
  const attention = new Attention(0)
  attention.look(500, 0, 100, true)
  attention.act(8 * 3_600_000)
  attention.look(8 * 3_600_000, 0, 100, true)
  expect(attention.take().active_ms).toBe(500 + ATTENTION_GAP_MS)
})

test('what looks personal is not told', () => {
  expect(masked('mail ann@example.com or +49 170 1234567, order 12')).toBe('mail • or •, order 12')
  expect(safeAddress('https://shop.example/p/1?q=ann&utm_source=news&email=a%40b.de#x')).toBe('https://shop.example/p/1?utm_source=news')
  expect(safeAddress('https://shop.example/u/ann@example.com/orders?q=shoes', ['q'])).toBe('https://shop.example/u/•/orders?q=shoes')
  expect(safeAddress('mailto:ann@example.com')).toBe('mailto:')
  expect(safeText(`  a \n b ${'c'.repeat(100)}`)).toHaveLength(80)
})

test('names that a machine made are no names', () => {
  expect(['buy', 'checkout-form', 'nav_2'].every(isStable)).toBe(true)
  expect([':r3:', 'mantine-abc', 'x9f8e7d6c5b', 'item-20391', '3d'].some(isStable)).toBe(false)
})
