import { textOf } from '../lib/read.ts'

/** The statement stands in the URL, so that a link shows the same. */
export type SqlSearch = { readonly sql?: string }

export function readSqlSearch(search: Record<string, unknown>): SqlSearch {
  const sql = textOf(search, 'sql')
  return sql === undefined ? {} : { sql }
}

/** Longer statements are left out of the URL, as servers and chats cut long addresses. */
export const SHARED_LETTERS_MAX = 6_000
