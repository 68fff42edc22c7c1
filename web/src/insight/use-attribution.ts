import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Attribution, attributionQuery } from '../api/attribution.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { isAskable, type Show } from './attribution.ts'

/** The report of the URL and its answer. */
export function useAttribution() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask, show = 'conversions' } = useSearch({ from: '/w/$ws/attribution' })
  const navigate = useNavigate({ from: '/w/$ws/attribution' })
  const attribution: Attribution = ask ?? { range: { last: '30d', zone: workspace.zone }, conversion: {} }
  const askable = isAskable(attribution)
  const reply = useQuery(attributionQuery(workspace.id, attribution, askable, asOf))
  const edit = (change: Partial<Attribution>) => void navigate({ search: (before) => ({ ...before, ask: { ...attribution, ...change } }), replace: true })
  const setShow = (next: Show) => void navigate({ search: (before) => ({ ...before, show: next }), replace: true })
  return { attribution, askable, reply, edit, show, setShow }
}
