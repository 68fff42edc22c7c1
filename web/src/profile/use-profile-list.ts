import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { peopleQuery, type ProfileRow } from '../api/people.ts'
import { profilesQuery } from '../api/profile.ts'
import type { Report } from '../api/model.ts'
import { useWorkspace } from '../api/use-workspace.ts'

/** How many profiles a search shows; a longer list is searched further. */
const FOUND_MAX = 100

const everyone: Report = { kind: 'counts', range: { all: true }, every: 'range' }

export type ProfileList = {
  readonly rows: readonly ProfileRow[] | undefined
  /** How many there are in all, when everyone is listed. */
  readonly total: number | undefined
  readonly error: Error | null
  readonly retry: () => void
  readonly more: (() => void) | undefined
}

/** Those whom a search finds; without one, everyone who ever did something. */
export function useProfileList(search: string): ProfileList {
  const { id: ws } = useWorkspace()
  const isSearch = search !== ''
  const found = useQuery({ ...profilesQuery(ws, search, FOUND_MAX), enabled: isSearch, placeholderData: (before) => before })
  const all = useInfiniteQuery({ ...peopleQuery(ws, { report: everyone }, { kind: 'counts' }), enabled: !isSearch })
  const rows = useMemo(() => all.data?.pages.flatMap((page) => page.profiles), [all.data])
  if (isSearch) return { rows: found.data?.profiles, total: undefined, error: found.error, retry: () => void found.refetch(), more: undefined }
  const hasMore = all.hasNextPage && !all.isFetchingNextPage
  return {
    rows,
    total: all.data?.pages[0]?.total,
    error: all.error,
    retry: () => void all.refetch(),
    more: hasMore ? () => void all.fetchNextPage() : undefined,
  }
}
