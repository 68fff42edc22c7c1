import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { sessionQuery, type Workspace } from './session.ts'

/** The workspace of the page. */
export function useWorkspace(): Workspace {
  const { ws } = useParams({ from: '/w/$ws' })
  const { data } = useSuspenseQuery(sessionQuery)
  const workspace = data.workspaces.find((it) => it.id === ws)
  if (workspace === undefined) throw new Error(`there is no workspace ${ws}`)
  return workspace
}
