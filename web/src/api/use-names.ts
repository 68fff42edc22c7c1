import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useWorkspace } from './use-workspace.ts'
import { vocabularyQuery } from './vocabulary.ts'

export type Names = {
  readonly touchpoint: (id: string) => string
  readonly stage: (id: string) => string
}

/** What the workspace calls its touchpoints and stages; an id that has no name is shown itself. */
export function useNames(): Names {
  const { id: ws } = useWorkspace()
  const { data } = useQuery(vocabularyQuery(ws))
  return useMemo(() => {
    const find = (list: readonly { readonly id: string; readonly name: string }[] | undefined) => {
      const names = Object.fromEntries((list ?? []).map((it) => [it.id, it.name]))
      return (id: string) => names[id] ?? id
    }
    return { touchpoint: find(data?.vocabulary.touchpoints), stage: find(data?.vocabulary.stages) }
  }, [data])
}
