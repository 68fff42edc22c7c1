import { test as base, expect } from '@playwright/test'
import { watch } from './guard.ts'
import { becomeOwner, type Member } from './member.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

export { expect }

/** Every page of every test is watched; what the guard saw fails the test. */
export const test = base.extend({
  context: async ({ context }, use) => {
    const breaches = await watch(context)
    await use(context)
    expect(breaches).toEqual([])
  },
})

/** The binary of one spec file, and the owner who is signed in to it. */
export type Running = Server & { readonly owner: Member }

/** Starts a fresh binary for this file, signs every page in as its owner, and stops it after the last test. */
export function serve(options: ServerOptions = {}): () => Running {
  let running: Running | undefined
  const server = serveUnowned(options)
  test.beforeAll(async () => {
    running = { ...server(), owner: await becomeOwner(server()) }
  })
  const current = () => started(running)
  test.beforeEach(async ({ context }) => {
    await context.addCookies([...current().owner.cookies])
  })
  return current
}

/** Starts a fresh binary for this file that has no owner yet, and stops it after the last test. */
export function serveUnowned(options: ServerOptions = {}): () => Server {
  let server: Server | undefined
  test.beforeAll(async () => {
    test.setTimeout(180_000)
    server = await startServer(options)
  })
  test.afterAll(() => server?.stop())
  return () => started(server)
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the binary is started before the first test, not while files are read')
  return value
}
