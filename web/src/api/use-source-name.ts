import { useQuery } from '@tanstack/react-query'
import { hooksQuery } from './hook.ts'
import { importsQuery } from './import.ts'
import { keysQuery } from './key.ts'
import { governs } from './session.ts'
import { useWorkspace } from './use-workspace.ts'

/** What a source is called: a write key, a webhook or an import. `undefined` where it is not known to whoever asks. */
export function useSourceName(): (source: number) => string | undefined {
  const { id: ws, role } = useWorkspace()
  const mayKnowKeys = governs(role)
  const { data: keys } = useQuery({ ...keysQuery(ws), enabled: mayKnowKeys, retry: false })
  const { data: hooks } = useQuery({ ...hooksQuery(ws), enabled: mayKnowKeys, retry: false, refetchInterval: false })
  const { data: imports } = useQuery({ ...importsQuery(ws), retry: false })
  return (source) => keys?.keys.find((it) => it.id === source)?.name ?? hooks?.hooks.find((it) => it.id === source)?.name ?? imports?.imports.find((it) => it.id === source)?.name
}
