import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Reasons, reasonsQuery } from '../api/reasons.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { canAskReasons, reasonsOf } from './reasons.ts'

/** The question of the URL and its answer. */
export function useReasons() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/reasons' })
  const navigate = useNavigate({ from: '/w/$ws/reasons' })
  const reasons: Reasons = ask ?? reasonsOf({ range: { last: '60d', zone: workspace.zone }, steps: [] })
  const askable = canAskReasons(reasons)
  const reply = useQuery(reasonsQuery(workspace.id, reasons, askable, asOf))
  const edit = (change: Partial<Reasons>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...reasons, ...change } }), replace: true })
  return { reasons, askable, reply, edit }
}
