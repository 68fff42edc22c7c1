import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Lift, liftQuery } from '../api/lift.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { lackOf, startOfArms } from './lift.ts'

/** The arms of the URL and their numbers. */
export function useLift() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/lift' })
  const navigate = useNavigate({ from: '/w/$ws/lift' })
  const lift: Lift = ask ?? { range: { last: '30d', zone: workspace.zone }, assigned: {}, arms: startOfArms('field'), goal: {} }
  const lack = lackOf(lift)
  const reply = useQuery(liftQuery(workspace.id, lift, lack === null, asOf))
  const edit = (change: Partial<Lift>) => void navigate({ search: ({ people: _, ...before }) => ({ ...before, ask: { ...lift, ...change } }), replace: true })
  return { lift, lack, reply, edit }
}
