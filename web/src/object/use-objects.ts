import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Range } from '../api/model.ts'
import { checkKindsQuery, objectsQuery } from '../api/object.ts'
import { useKinds } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import type { ObjectSearch } from './object-search.ts'

/** The list that the URL asks for, as far as it is loaded. */
export function useObjects() {
  const workspace = useWorkspace()
  const kinds = useKinds()
  const search = useSearch({ from: '/w/$ws/objects/' })
  const navigate = useNavigate({ from: '/w/$ws/objects/' })
  const counts = useQuery({ ...checkKindsQuery(workspace.id, kinds.kinds), enabled: kinds.kinds.length > 0 })
  const found = counts.data?.kinds
  // Until somebody chooses, the kind that there is most of to look at.
  const kind = search.kind ?? found?.find((it) => it.objects > 0)?.id ?? (found === undefined ? undefined : kinds.kinds[0]?.id)
  const range: Range = search.range ?? { all: true, zone: workspace.zone }
  const { state, standing, open, q, who } = search
  const pages = useInfiniteQuery({
    ...objectsQuery(workspace.id, {
      kind: kind ?? '',
      range,
      ...(state === undefined ? {} : { state }),
      ...(standing === undefined ? {} : { standing }),
      ...(open === true ? { is_over: false } : {}),
      ...(q === undefined ? {} : { starts: q }),
      ...(who === undefined ? {} : { people: who }),
    }),
    enabled: kind !== undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.objects), [pages.data])
  const edit = (change: (before: ObjectSearch) => ObjectSearch) => void navigate({ search: change(search), replace: true })
  return { kinds, counts, kind, range, search, pages, rows, first: pages.data?.pages[0], edit }
}
