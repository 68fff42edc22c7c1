import { useQuery } from '@tanstack/react-query'
import { importsQuery } from '../api/import.ts'
import { keysQuery } from '../api/key.ts'
import { governs } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'

/** Write keys and imports by name, as far as whoever looks may know them. */
export function useSources(): readonly { readonly id: number; readonly name: string }[] {
  const { id: ws, role } = useWorkspace()
  const mayKnowKeys = governs(role)
  const { data: keys } = useQuery({ ...keysQuery(ws), enabled: mayKnowKeys, retry: false })
  const { data: imports } = useQuery({ ...importsQuery(ws), retry: false })
  return [...(keys?.keys ?? []), ...(imports?.imports ?? [])].map(({ id, name }) => ({ id, name }))
}
