import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useWorkspace } from '../api/use-workspace.ts'
import { changeVocabulary, checkVocabularyQuery, suggestVocabulary, vocabularyQuery } from '../api/vocabulary.ts'
import { useCheckedDraft } from '../canvas/use-checked-draft.ts'
import { type Edit, edited } from './vocabulary.ts'

/** The vocabulary as it is being written, and what it would do. */
export function useVocabulary() {
  const { id: ws } = useWorkspace()
  const { data: stored, refetch } = useSuspenseQuery(vocabularyQuery(ws))
  const draft = useCheckedDraft(
    { version: stored.version, value: stored.vocabulary },
    refetch,
    (version, vocabulary) => changeVocabulary(ws, version, vocabulary),
    (vocabulary) => checkVocabularyQuery(ws, vocabulary),
  )
  const suggest = useMutation({
    mutationFn: () => suggestVocabulary(ws),
    onSuccess: (vocabulary) => draft.change(() => vocabulary),
  })
  // The suggestion of a new workspace holds only once it is saved.
  return { ...draft, act: (edit: Edit) => draft.change((now) => edited(now, edit)), suggest, isNew: draft.isChanged || stored.version === 0 }
}
