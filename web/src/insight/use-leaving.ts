import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type LastTouch, lastTouchQuery } from '../api/last-touch.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { usualLeaving } from './leaving.ts'

/** The question of the URL and its answer. */
export function useLeaving() {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { ask } = useSearch({ from: '/w/$ws/leaving' })
  const navigate = useNavigate({ from: '/w/$ws/leaving' })
  const leaving: LastTouch = ask ?? usualLeaving(workspace.zone)
  const reply = useQuery(lastTouchQuery(workspace.id, leaving, asOf))
  const edit = (change: Partial<LastTouch>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, ask: { ...leaving, ...change } }), replace: true })
  return { leaving, reply, edit }
}
