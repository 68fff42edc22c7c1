import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useWorkspace } from '../api/use-workspace.ts'
import { loadDemo, overviewQuery } from '../api/workspace.ts'

/** What the home page shows. */
export function useHome() {
  const workspace = useWorkspace()
  const overview = useQuery(overviewQuery(workspace.id))
  return { workspace, overview }
}

/** Loads the demo shop and goes there. */
export function useDemo() {
  const navigate = useNavigate()
  return useMutation({ mutationFn: loadDemo, onSuccess: (ws) => navigate({ to: '/w/$ws', params: { ws } }) })
}
