import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Drivers, driversQuery } from '../api/drivers.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { canAskDrivers, driversOf } from './drivers.ts'

/** The question of the URL and its answer. */
export function useDrivers() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/drivers' })
  const navigate = useNavigate({ from: '/w/$ws/drivers' })
  const drivers: Drivers = ask ?? driversOf({ range: { last: '60d', zone: workspace.zone }, steps: [] })
  const askable = canAskDrivers(drivers)
  const reply = useQuery(driversQuery(workspace.id, drivers, askable, asOf))
  const edit = (change: Partial<Drivers>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...drivers, ...change } }), replace: true })
  return { drivers, askable, reply, edit }
}
