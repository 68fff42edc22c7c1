import { useQuery } from '@tanstack/react-query'
import { hooksQuery } from './hook.ts'
import { importsQuery } from './import.ts'
import { keysQuery } from './key.ts'
import { governs } from './session.ts'
import { useWorkspace } from './use-workspace.ts'

type Named = { readonly id: number; readonly name: string }

/** What a source is called: a write key, a webhook or an import. `undefined` where it is not known to whoever asks. */
export function useSourceName(): (source: number) => string | undefined {
  const { id: ws, name, role, demo: isDemo } = useWorkspace()
  const mayKnowKeys = governs(role)
  const { data: keys } = useQuery({ ...keysQuery(ws), enabled: mayKnowKeys, retry: false })
  const { data: hooks } = useQuery({ ...hooksQuery(ws), enabled: mayKnowKeys, retry: false, refetchInterval: false })
  const { data: imports } = useQuery({ ...importsQuery(ws), retry: false })
  const known: readonly (readonly Named[] | undefined)[] = [keys?.keys, hooks?.hooks, imports?.imports]
  // What the demo shop comes with was sent by no key.
  const shop = isDemo ? name : undefined
  return (source) => known.flatMap((list) => list ?? []).find((it) => it.id === source)?.name ?? shop
}
