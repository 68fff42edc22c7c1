import { useSuspenseQuery } from '@tanstack/react-query'
import { changeKinds, checkKindsQuery, kindsQuery, type ObjectKind } from '../api/object.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useCheckedDraft } from '../canvas/use-checked-draft.ts'
import { type Edit, edited } from './kinds.ts'

/** The kinds of objects as they are being written, and what they would find. */
export function useKindsDraft() {
  const { id: ws } = useWorkspace()
  const { data: stored, refetch } = useSuspenseQuery(kindsQuery(ws))
  const draft = useCheckedDraft(
    { version: stored.version, value: stored.kinds },
    refetch,
    (version, kinds: readonly ObjectKind[]) => changeKinds(ws, version, kinds),
    (kinds) => checkKindsQuery(ws, kinds),
  )
  return { ...draft, act: (edit: Edit) => draft.change((now) => edited(now, edit)) }
}
