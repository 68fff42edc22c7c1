import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Funnel, funnelQuery } from '../api/funnel.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { editFunnel, type FunnelEdit, isAskable } from './funnel.ts'

/** The funnel of the URL and its answer. */
export function useFunnel() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/funnel' })
  const navigate = useNavigate({ from: '/w/$ws/funnel' })
  const funnel: Funnel = ask ?? { range: { last: '30d', zone: workspace.zone }, steps: [] }
  const askable = isAskable(funnel)
  const reply = useQuery(funnelQuery(workspace.id, funnel, askable, asOf))
  const edit = (change: FunnelEdit) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: editFunnel(funnel, change) }), replace: true })
  return { funnel, askable, reply, edit }
}
