import { expect, test } from 'vitest'
import { folderPath } from './folder-path.ts'

test.each([
  ['/srv/exports', '', '/srv/exports'],
  ['/srv/exports/', 'shop', '/srv/exports/shop'],
  ['/srv/exports', ' /shop//orders/ ', '/srv/exports/shop/orders'],
  ['/srv/exports', '..', '/srv/exports/..'],
])('%s with “%s” below is %s', (root, below, path) => {
  expect(folderPath(root, below)).toBe(path)
})
