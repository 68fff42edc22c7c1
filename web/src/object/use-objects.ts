import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Range } from '../api/model.ts'
import { fieldsQuery } from '../api/catalog.ts'
import { kindsQuery, objectsQuery } from '../api/object.ts'
import { useKinds } from '../api/use-kinds.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { isRecord } from '../lib/read.ts'
import type { ObjectSearch } from './object-search.ts'

/** The list that the URL asks for, as far as it is loaded. */
export function useObjects() {
  const workspace = useWorkspace()
  const kinds = useKinds()
  const stored = useQuery(kindsQuery(workspace.id))
  const search = useSearch({ from: '/w/$ws/objects/' })
  const navigate = useNavigate({ from: '/w/$ws/objects/' })
  const fields = useQuery(fieldsQuery(workspace.id))
  const seen = new Set(fields.data?.fields.map((it) => it.field))
  const isSeen = (it: { readonly keys: readonly string[] }) => it.keys.some((key) => seen.has(key))
  // Until somebody chooses, the first kind whose ids are on events; to count all kinds would read much more.
  const first = kinds.kinds.find(isSeen) ?? kinds.kinds[0]
  const kind = search.kind ?? (fields.isPending || stored.data === undefined ? undefined : first?.id)
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
    // Objects of another kind are no answer, not even for a moment.
    placeholderData: (before, query) => (kindOf(query?.queryKey[3]) === kind ? before : undefined),
  })
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.objects), [pages.data])
  const edit = (change: (before: ObjectSearch) => ObjectSearch) => void navigate({ search: change(search), replace: true })
  const failed = [stored, pages].find((it) => it.error !== null)
  return { kinds, hasNoKinds: stored.data?.kinds.length === 0, isSeen, kind, range, search, pages, failed, rows, first: pages.data?.pages[0], edit }
}

function kindOf(question: unknown): unknown {
  return isRecord(question) ? question['kind'] : undefined
}
