import { keepPreviousData, useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useDeferredValue, useReducer } from 'react'
import { changeKinds, checkKindsQuery, kindsQuery, type ObjectKind } from '../api/object.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { commit, type History, startHistory, undo } from '../canvas/history.ts'
import { type Edit, edited } from './kinds.ts'

type Draft = { readonly history: History<readonly ObjectKind[]>; readonly saved: readonly ObjectKind[] }

type Act = Edit | { readonly kind: 'undo' } | { readonly kind: 'saved' }

function step(draft: Draft, act: Act): Draft {
  if (act.kind === 'saved') return { ...draft, saved: draft.history.present }
  if (act.kind === 'undo') return { ...draft, history: undo(draft.history) }
  return { ...draft, history: commit(draft.history, edited(draft.history.present, act)) }
}

/** The kinds of objects as they are being written, and what they would find. */
export function useKindsDraft() {
  const { id: ws } = useWorkspace()
  const { data: stored } = useSuspenseQuery(kindsQuery(ws))
  const [draft, act] = useReducer(step, stored.kinds, (it): Draft => ({ history: startHistory<readonly ObjectKind[]>(it), saved: it }))
  const now = draft.history.present
  const asked = useDeferredValue(now)
  const check = useQuery({ ...checkKindsQuery(ws, asked), placeholderData: keepPreviousData })
  const save = useMutation({ mutationFn: () => changeKinds(ws, stored.version, now), onSuccess: () => act({ kind: 'saved' }) })
  return { now, canUndo: draft.history.past.length > 0, act, check, save, isChanged: now !== draft.saved }
}
