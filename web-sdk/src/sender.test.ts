import { expect, test } from 'vitest'
import * as limits from './limits.ts'
import { bytesOf, type Message } from './message.ts'
import { Queue } from './queue.ts'
import { type Answer, Sender, verdict, waitMs, type World } from './sender.ts'
import { openStore, type Store } from './store.ts'

const ok: Answer = { status: 200, retryAfter: null, text: '{"success":true}' }
const failed = (status: number, retryAfter: string | null = null): Answer => ({ status, retryAfter, text: '' })

function message(id: string, at = 0, filling = ''): Message {
  return { type: 'track', messageId: id, originalTimestamp: new Date(at).toISOString(), event: 'e', filling }
}

/** A world whose clock moves only when a test says so. */
function play(answers: (Answer | 'offline')[], store: Store = openStore(() => undefined)) {
  let now = 1_000_000
  const timers = new Map<number, { at: number; run: () => void }>()
  const posts: { at: number; ids: string[]; body: { writeKey: string; sentAt: string; context: Record<string, unknown> } }[] = []
  const beacons: string[] = []
  let count = 0
  const world: World = {
    now: () => now,
    chance: () => 1,
    later: (run, ms) => {
      count += 1
      timers.set(count, { at: now + ms, run })
      return count
    },
    cancel: (timer) => void timers.delete(timer as number),
    post: async (_url, text) => {
      const body = JSON.parse(text)
      posts.push({ at: now - 1_000_000, ids: body.batch.map((it: { messageId: string }) => it.messageId), body })
      const answer = answers.shift() ?? ok
      if (answer === 'offline') throw new TypeError('no network')
      return answer
    },
    beacon: (_url, text) => beacons.push(text) > 0,
    warn: () => undefined,
  }
  const queue = new Queue(store, now)
  const sender = new Sender(queue, '/t/e', 'key', () => ({ a: 1 }), world)
  const pass = async (ms: number) => {
    const end = now + ms
    for (;;) {
      const due = [...timers].filter(([, it]) => it.at <= end).sort((a, b) => a[1].at - b[1].at)[0]
      if (due === undefined) break
      now = Math.max(now, due[1].at)
      timers.delete(due[0])
      due[1].run()
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
    }
    now = end
  }
  const add = (id: string) => {
    queue.add(message(id, now))
    sender.wake()
  }
  return { queue, sender, posts, beacons, pass, add }
}

test('events wait for others and go in one request with the key inside', async () => {
  const { posts, pass, add, queue } = play([])
  add('a')
  add('b')
  await pass(limits.FLUSH_AFTER_MS)
  expect(posts.map((it) => it.ids)).toEqual([['a', 'b']])
  expect(posts[0]?.body).toMatchObject({ writeKey: 'key', context: { a: 1 } })
  expect(queue.count).toBe(0)
})

test('failures are waited out, twice as long each time, and nothing is lost or repeated', async () => {
  const { posts, pass, add, queue } = play([failed(500), 'offline', failed(503), ok])
  add('a')
  await pass(60_000)
  expect(posts.map((it) => it.at)).toEqual([2_000, 3_000, 5_000, 9_000])
  expect(posts.map((it) => it.ids)).toEqual([['a'], ['a'], ['a'], ['a']])
  expect(queue.count).toBe(0)
})

test('the server says how long to wait', async () => {
  const { posts, pass, add } = play([failed(429, '7'), ok])
  add('a')
  await pass(4_000)
  add('b')
  await pass(20_000)
  expect(posts.map((it) => it.at)).toEqual([2_000, 9_250])
  expect(posts[1]?.ids).toEqual(['a', 'b'])
})

test('a pause ends when the network is back', async () => {
  const { posts, pass, add, sender } = play(['offline', 'offline', 'offline', 'offline', ok])
  add('a')
  await pass(12_000)
  sender.retry()
  await pass(1)
  expect(posts).toHaveLength(5)
})

test('what is too large for one request is halved, and a single event is given up', async () => {
  const { posts, pass, add, queue } = play([failed(413), ok, ok])
  for (const id of ['a', 'b', 'c']) add(id)
  await pass(10_000)
  expect(posts.map((it) => it.ids)).toEqual([['a', 'b', 'c'], ['a', 'b'], ['c']])
  const single = play([failed(413)])
  single.add('a')
  await single.pass(10_000)
  expect([single.posts.length, single.queue.count, queue.count]).toEqual([1, 0, 0])
})

test('a page that goes sends what fits and keeps it until somebody hears the answer', async () => {
  const { beacons, posts, pass, add, sender, queue } = play([])
  add('a')
  sender.leave()
  expect(beacons).toHaveLength(1)
  expect(queue.count).toBe(1)
  sender.comeBack()
  await pass(5_000)
  expect(posts.map((it) => it.ids)).toEqual([['a']])
})

test('what a page has left is taken over by a later one, in the order of its happening', () => {
  const store = openStore(() => undefined)
  const first = new Queue(store, 0)
  first.add(message('late', 2_000))
  first.add(message('early', 1_000))
  expect(new Queue(store, 10_000).count).toBe(0)
  const second = new Queue(store, 2_000 + limits.ADOPT_AFTER_MS)
  expect(second.next(100_000).map((it) => it.id)).toEqual(['early', 'late'])
  second.remove(new Set(['early', 'late']))
  expect(store.names()).toEqual([])
})

test('the queue has an end, and says what it gave up', async () => {
  const { queue, add, posts, pass } = play([])
  for (let index = 0; index < limits.QUEUE_EVENTS_MAX + 5; index += 1) add(String(index))
  expect([queue.count, queue.givenUp]).toEqual([limits.QUEUE_EVENTS_MAX, 5])
  await pass(60_000)
  expect(posts[0]?.body.context).toEqual({ a: 1, givenUp: 5 })
  expect(posts[0]?.ids[0]).toBe('5')
  expect(posts[1]?.body.context).toEqual({ a: 1 })
  expect([queue.count, queue.givenUp]).toEqual([0, 0])
})

test('requests stay within their bytes', () => {
  const queue = new Queue(openStore(() => undefined), 0)
  for (const id of ['a', 'b', 'c']) queue.add(message(id, 0, 'ä'.repeat(10_000)))
  expect(queue.next(50_000).map((it) => it.id)).toEqual(['a', 'b'])
})

test('answers are read as the server means them', () => {
  expect([200, 204, 429, 500, 503, 0].map((it) => verdict(failed(it)))).toEqual(['done', 'done', 'again', 'again', 'again', 'again'])
  expect([400, 401, 403, 404, 413].map((it) => verdict(failed(it)))).toEqual(['again', 'again', 'again', 'again', 'smaller'])
  expect([400, 401].map((status) => verdict({ status, retryAfter: null, text: '{"code":"body.syntax"}' }))).toEqual(['refused', 'again'])
})

test('a key that is refused for a while loses nothing, and what cannot be read is counted', async () => {
  const unknown = play([failed(401), failed(404), ok])
  unknown.add('a')
  await unknown.pass(20_000)
  expect(unknown.posts.map((it) => it.ids)).toEqual([['a'], ['a'], ['a']])
  expect([unknown.queue.count, unknown.queue.givenUp]).toEqual([0, 0])
  const unread = play([{ status: 400, retryAfter: null, text: '{"code":"body.syntax"}' }])
  unread.add('a')
  await unread.pass(10_000)
  expect([unread.queue.count, unread.queue.givenUp]).toEqual([0, 1])
  unread.add('b')
  await unread.pass(10_000)
  expect(unread.posts[1]?.body.context).toEqual({ a: 1, givenUp: 1 })
})

test('waits grow to their limit, and a date is understood', () => {
  expect([1, 2, 3, 20].map((it) => waitMs(it, null, 0, 1))).toEqual([1_000, 2_000, 4_000, limits.RETRY_MS_MAX])
  expect(waitMs(3, null, 0, 0)).toBe(2_000)
  expect(waitMs(1, new Date(5_000).toUTCString(), 0, 0)).toBe(5_000)
  expect(waitMs(1, '99999', 0, 0)).toBe(limits.RETRY_AFTER_MS_MAX)
})

test('bytes are those of UTF-8', () => {
  for (const text of ['', 'abc', 'ä', '你好', '👍🏽x']) expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length)
})
