import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { type WorkTime, workTimeQuery } from '../api/work-time.ts'
import { useAsOf } from '../report/use-as-of.ts'
import { workTimeOf } from './work.ts'

/** The question of the URL about waiting and work, its answer, and the step that is looked at. */
export function useWork(work: WorkTime) {
  const workspace = useWorkspace()
  const { asOf } = useAsOf()
  const { stage: step } = useSearch({ from: '/w/$ws/time' })
  const navigate = useNavigate({ from: '/w/$ws/time' })
  const asked = workTimeOf(work)
  const reply = useQuery(workTimeQuery(workspace.id, asked, asOf))
  const change = (some: Partial<WorkTime>) => void navigate({ search: ({ people: _, ...now }) => ({ ...now, work: { ...work, ...some } }), replace: true, resetScroll: false })
  const look = (name: string) => void navigate({ search: (now) => ({ ...now, stage: name }), replace: true, resetScroll: false })
  return { asked, step, reply, change, look }
}
