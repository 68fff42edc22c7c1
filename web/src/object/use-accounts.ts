import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { accountsQuery, accountTypesQuery } from '../api/account.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { isRecord } from '../lib/read.ts'
import type { AccountSearch } from './account-search.ts'

/** The list that the URL asks for, as far as it is loaded. */
export function useAccounts() {
  const { id: ws } = useWorkspace()
  const search = useSearch({ from: '/w/$ws/accounts/' })
  const navigate = useNavigate({ from: '/w/$ws/accounts/' })
  const stored = useQuery(accountTypesQuery(ws))
  const types = stored.data?.types
  const most = types?.reduce<(typeof types)[number] | undefined>((best, it) => (best === undefined || it.accounts > best.accounts ? it : best), undefined)
  const type = search.type ?? most?.account_type
  const order = search.order ?? 'members'
  const pages = useInfiniteQuery({
    ...accountsQuery(ws, { account_type: type ?? '', order, ...(search.q === undefined ? {} : { q: search.q }) }),
    enabled: type !== undefined,
    // Accounts of another type are no answer, not even for a moment.
    placeholderData: (before, query) => (typeOf(query?.queryKey[3]) === type ? before : undefined),
  })
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.accounts), [pages.data])
  const edit = (change: (before: AccountSearch) => AccountSearch) => void navigate({ search: change(search), replace: true })
  const failed = [stored, pages].find((it) => it.error !== null)
  return { types, type, order, search, pages, failed, rows, first: pages.data?.pages[0], edit }
}

function typeOf(question: unknown): unknown {
  return isRecord(question) ? question['account_type'] : undefined
}
