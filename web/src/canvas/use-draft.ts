import { useMutation } from '@tanstack/react-query'
import { useReducer } from 'react'
import { type Draft, isBehind, isChanged, startDraft, step, type Stored } from './draft.ts'

/** Writes a value over a version, and says which it is then. */
type Save<Value, With> = (version: number, value: Value, extra: With) => Promise<number>

/**
 * A value of the server as it is being written. What others store meanwhile is taken while nothing is changed here;
 * else saving is refused, and what they stored is read again, to be gone back to.
 */
export function useDraft<Value, With = void>(stored: Stored<Value>, readAgain: () => unknown, save: Save<Value, With>) {
  const [draft, act] = useReducer(step<Value>, stored, (it): Draft<Value> => startDraft(it))
  if (isBehind(draft, stored)) act({ kind: 'restart', stored })
  const { base, history } = draft
  const now = history.present
  const saving = useMutation({
    mutationFn: async (extra: With) => ({ version: await save(base.version, now, extra), value: now }),
    onSuccess: (sent) => act({ kind: 'saved', base: sent }),
    onError: () => void readAgain(),
  })
  return {
    now,
    change: (by: (now: Value) => Value) => act({ kind: 'change', by }),
    undo: () => act({ kind: 'undo' }),
    canUndo: history.past.length > 0,
    /** Back to what is stored now. */
    discard: () => act({ kind: 'restart', stored }),
    isChanged: isChanged(draft),
    saving,
  }
}
