import { expect, test } from 'vitest'
import { workspaceIdOf } from './welcome.ts'

test.each([
  ['My Shop', 'my-shop'],
  ['  Café & Co.  ', 'cafe-co'],
  ['2026 / spring', 'w-2026-spring'],
])('%s becomes the id %s', (name, id) => {
  expect(workspaceIdOf(name)).toBe(id)
})

test('names without Latin letters get ids of their own', () => {
  expect(workspaceIdOf('我的商店')).toMatch(/^workspace-[a-z0-9]+$/)
  expect(workspaceIdOf('我的商店')).not.toBe(workspaceIdOf('我的店'))
})
