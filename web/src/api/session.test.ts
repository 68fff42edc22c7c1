import { expect, test } from 'vitest'
import { canEditMaps, canPublish, canSaveReports, governs, type Role } from './session.ts'

test('each role may what those below it may, and more', () => {
  const roles = ['viewer', 'analyst', 'editor', 'publisher', 'admin', 'owner'] as const satisfies readonly Role[]
  const first = (may: (role: Role) => boolean) => roles.filter(may)[0]
  expect([canSaveReports, canEditMaps, canPublish, governs].map(first)).toEqual(['analyst', 'editor', 'publisher', 'admin'])
  expect([canSaveReports, canEditMaps, canPublish, governs].map((may) => roles.filter(may).length)).toEqual([5, 4, 3, 2])
})
