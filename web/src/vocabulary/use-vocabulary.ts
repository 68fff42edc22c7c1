import { keepPreviousData, useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useDeferredValue, useReducer } from 'react'
import { useWorkspace } from '../api/use-workspace.ts'
import { changeVocabulary, checkVocabularyQuery, suggestVocabulary, type Vocabulary, vocabularyQuery } from '../api/vocabulary.ts'
import { commit, type History, startHistory, undo } from '../canvas/history.ts'
import { type Edit, edited } from './vocabulary.ts'

type Draft = { readonly history: History<Vocabulary>; readonly saved: Vocabulary }

type Act = Edit | { readonly kind: 'undo' } | { readonly kind: 'saved' }

function step(draft: Draft, act: Act): Draft {
  if (act.kind === 'saved') return { ...draft, saved: draft.history.present }
  if (act.kind === 'undo') return { ...draft, history: undo(draft.history) }
  return { ...draft, history: commit(draft.history, edited(draft.history.present, act)) }
}

/** The vocabulary as it is being written, and what it would do. */
export function useVocabulary() {
  const { id: ws } = useWorkspace()
  const { data: stored } = useSuspenseQuery(vocabularyQuery(ws))
  const [draft, act] = useReducer(step, stored.vocabulary, (it): Draft => ({ history: startHistory(it), saved: it }))
  const now = draft.history.present
  const asked = useDeferredValue(now)
  const check = useQuery({ ...checkVocabularyQuery(ws, asked), placeholderData: keepPreviousData })
  const save = useMutation({
    mutationFn: () => changeVocabulary(ws, stored.version, now),
    onSuccess: () => act({ kind: 'saved' }),
  })
  const suggest = useMutation({
    mutationFn: () => suggestVocabulary(ws),
    onSuccess: (vocabulary) => act({ kind: 'replace', vocabulary }),
  })
  return { now, canUndo: draft.history.past.length > 0, act, check, save, suggest, isChanged: now !== draft.saved || stored.version === 0 }
}
