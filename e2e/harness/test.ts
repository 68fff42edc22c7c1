import { test as base, expect } from '@playwright/test'
import { watch } from './guard.ts'
import type { Member } from './member.ts'
import { createOwner } from './member.ts'
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
  test.beforeAll(async () => {
    test.setTimeout(180_000)
    const server = await startServer(options)
    running = { ...server, owner: await createOwner(server) }
  })
  test.afterAll(() => running?.stop())
  test.beforeEach(async ({ context }) => {
    await context.addCookies([...current().owner.cookies])
  })
  const current = () => {
    if (running === undefined) throw new Error('the binary is started before the first test, not while files are read')
    return running
  }
  return current
}
