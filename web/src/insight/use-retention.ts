import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReturnQuestion, returnQuery } from '../api/retention.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { usual } from './retention.ts'

/** The question of the URL and its answer. */
export function useRetention() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/retention' })
  const navigate = useNavigate({ from: '/w/$ws/retention' })
  const question: ReturnQuestion = ask ?? usual('retention', { last: '90d', zone: workspace.zone })
  const reply = useQuery(returnQuery(workspace.id, question, true, asOf))
  const change = (next: ReturnQuestion) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: next }), replace: true })
  return { question, reply, change }
}
