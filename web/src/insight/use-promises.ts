import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { kindsQuery } from '../api/object.ts'
import { type Promises, promisesQuery } from '../api/promises.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'

/** The report of the URL and its answer; at first the first kind that promises something. */
export function usePromises() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/promises' })
  const navigate = useNavigate({ from: '/w/$ws/promises' })
  const kinds = useQuery(kindsQuery(workspace.id))
  const promising = kinds.data?.kinds.filter((it) => it.promise != null)
  const promises: Promises = ask ?? { range: { last: '90d', zone: workspace.zone }, object: promising?.[0]?.id ?? '' }
  const askable = promises.object !== ''
  const reply = useQuery(promisesQuery(workspace.id, promises, askable, asOf))
  const edit = (change: Partial<Promises>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...promises, ...change } }), replace: true })
  return { promises, promising, kinds, askable, reply, edit }
}
