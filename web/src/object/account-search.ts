import { accountOrders, type AccountOrder } from '../api/account.ts'
import { oneOf, textOf } from '../lib/read.ts'

/** Which accounts the page lists; it stands in the URL, so that a link shows the same. */
export type AccountSearch = {
  readonly type?: string
  readonly q?: string
  readonly order?: AccountOrder
}

export function readAccountSearch(search: Record<string, unknown>): AccountSearch {
  const type = textOf(search, 'type')
  const q = textOf(search, 'q')
  const order = oneOf(search, 'order', accountOrders)
  return {
    ...(type === undefined ? {} : { type }),
    ...(q === undefined ? {} : { q }),
    ...(order === undefined ? {} : { order }),
  }
}
