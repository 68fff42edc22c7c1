import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Rfm, rfmQuery } from '../api/rfm.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { takesAll } from '../ui/matcher.ts'

/** The groups of customers of the URL and their numbers. */
export function useRfm() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/customers' })
  const navigate = useNavigate({ from: '/w/$ws/customers' })
  const rfm: Rfm = ask ?? { range: { last: '365d', zone: workspace.zone }, purchase: {} }
  const askable = !takesAll(rfm.purchase)
  const reply = useQuery(rfmQuery(workspace.id, rfm, askable, asOf))
  const edit = (change: Partial<Rfm>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...rfm, ...change } }), replace: true })
  return { rfm, askable, reply, edit }
}
